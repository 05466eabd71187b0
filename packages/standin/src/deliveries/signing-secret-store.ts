import { eq } from 'drizzle-orm'
import type { InTransaction } from '../context.ts'
import type { Database } from '../database/database.ts'
import { signingSecrets } from './delivery-table.ts'

/** The sealed secret of an account. If several are created at the same time, the first one stays. */
export async function findOrInsertSigningSecret(
  db: Database,
  accountId: string,
  sealedSecret: string,
): Promise<string> {
  await db.insert(signingSecrets).values({ accountId, sealedSecret }).onConflictDoNothing()
  return (await findSigningSecret(db, accountId)) ?? sealedSecret
}

export async function findSigningSecret(db: Database, accountId: string): Promise<string | undefined> {
  const [row] = await db.select().from(signingSecrets).where(eq(signingSecrets.accountId, accountId))
  return row?.sealedSecret
}

export async function eraseSigningSecretOf({ db }: InTransaction, accountId: string): Promise<void> {
  await db.delete(signingSecrets).where(eq(signingSecrets.accountId, accountId))
}
