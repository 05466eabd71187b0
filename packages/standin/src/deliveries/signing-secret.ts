import { Secret } from '../config/secret.ts'
import type { Database } from '../database/database.ts'
import type { Vault } from '../secrets/vault.ts'
import { findOrInsertSigningSecret, findSigningSecret } from './signing-secret-store.ts'

interface Dependencies {
  db: Database
  vault: Vault
  appId: string
  randomBytes: (size: number) => Buffer
}

const bytes = 32

/** With what an account's POSTs are signed, made when it is first needed: `whsec_` and base64. */
export function createSigningSecrets({ db, vault, appId, randomBytes }: Dependencies) {
  const bindingOf = (account: string) => ({ account, app: appId, column: 'signing-secret', generation: 0 }) as const

  return async (accountId: string): Promise<Secret> => {
    const binding = bindingOf(accountId)
    const sealed = await findSigningSecret(db, accountId)
    if (sealed !== undefined) return vault.open(sealed, binding)
    const fresh = new Secret(`whsec_${randomBytes(bytes).toString('base64')}`)
    return vault.open(await findOrInsertSigningSecret(db, accountId, await vault.seal(fresh, binding)), binding)
  }
}
