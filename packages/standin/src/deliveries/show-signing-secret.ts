import { actorOf, type Caller } from '../access/caller.ts'
import { record } from '../audit/record.ts'
import type { Secret } from '../config/secret.ts'
import type { Database } from '../database/database.ts'

interface Dependencies {
  db: Database
  signingSecretOf: (accountId: string) => Promise<Secret>
}

/** Shows a receiver with what it checks an account's POSTs, and remembers to whom: the row is there before the secret leaves. */
export function createShowSigningSecret({ db, signingSecretOf }: Dependencies) {
  return async (caller: Caller, accountId: string): Promise<{ signingSecret: string }> => {
    const secret = await signingSecretOf(accountId)
    await db.transaction((tx) => record(tx, { actor: actorOf(caller), event: 'signing-secret.shown', accountId }))
    return { signingSecret: secret.reveal() }
  }
}
