import { z } from 'zod'
import { type Actor, record } from '../../audit/record.ts'
import { type Context, inTransaction } from '../../context.ts'
import { StandinError } from '../../standin-error.ts'
import { updateAccountName } from './account-name-store.ts'

/** One line that a person reads: no control characters, nothing invisible or that turns the direction of a text. */
export const accountNameSchema = z
  .string()
  .transform((text) => text.normalize('NFC').trim().replaceAll(/\s+/gu, ' '))
  .pipe(
    z
      .string()
      .min(1)
      .max(80)
      .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u),
  )

/**
 * Keeps what the operator calls an account, for lists and searches. The name itself is not in the audit, which outlives the
 * account: an uninstall erases it.
 * @param name as `accountNameSchema` has it; null removes it
 * @throws StandinError `INSTALLATION_NOT_FOUND`
 */
export async function nameAccount(
  ctx: Context,
  { accountId, name, actor }: { accountId: string; name: string | null; actor: Actor },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    if (!(await updateAccountName(tx.db, accountId, name))) throw new StandinError('INSTALLATION_NOT_FOUND')
    await record(tx, { actor, event: 'installation.named', accountId, details: { removed: name === null } })
  })
}
