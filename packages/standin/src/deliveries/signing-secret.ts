import { randomBytes } from 'node:crypto'
import { actorOf, type Caller } from '../access/caller.ts'
import { requireInstalled } from '../accounts/hold-installed.ts'
import { record } from '../audit/record.ts'
import { Secret } from '../config/secret.ts'
import { type Context, inTransaction } from '../context.ts'
import { findOrInsertSigningSecret, findSigningSecret } from './signing-secret-store.ts'

const bytes = 32

/** The secret that signs an account's webhooks, created when first needed: `whsec_` and base64. */
export async function signingSecretOf({ config, db, vault }: Context, account: string): Promise<Secret> {
  const binding = { account, app: config.app.id, column: 'signing-secret', generation: 0 } as const
  const sealed = await findSigningSecret(db, account)
  if (sealed !== undefined) return vault.open(sealed, binding)
  const fresh = new Secret(`whsec_${randomBytes(bytes).toString('base64')}`)
  return vault.open(await findOrInsertSigningSecret(db, account, await vault.seal(fresh, binding)), binding)
}

/**
 * Shows the secret, so that a receiver can verify the account's webhooks. The audit entry is stored before it is shown.
 * @throws StandinError `INSTALLATION_NOT_FOUND`
 */
export async function showSigningSecret(
  ctx: Context,
  caller: Caller,
  accountId: string,
): Promise<{ signingSecret: string }> {
  return inTransaction(ctx, async (tx) => {
    await requireInstalled(tx, accountId)
    const secret = await signingSecretOf(tx, accountId)
    await record(tx, { actor: actorOf(caller), event: 'signing-secret.shown', accountId })
    return { signingSecret: secret.reveal() }
  })
}
