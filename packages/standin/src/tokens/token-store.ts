import { eq } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { eraseExchanges } from './exchange-store.ts'
import { accessTokens } from './token-table.ts'

/** Erases an account's tokens, and what is known of its exchanges. */
export async function eraseTokens(tx: Transaction, accountId: string): Promise<void> {
  await tx.delete(accessTokens).where(eq(accessTokens.accountId, accountId))
  await eraseExchanges(tx, accountId)
}
