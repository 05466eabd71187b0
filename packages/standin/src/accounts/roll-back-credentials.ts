import { type Actor, record } from '../audit/record.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Vault } from '../secrets/vault.ts'
import { StandinError } from '../standin-error.ts'
import { comparePositions } from './credential-order.ts'
import { type CredentialKey, insertCredentials, listCredentials, updateCredentials } from './credential-store.ts'
import { isInForce } from './credentials-in-force.ts'
import { lockInstallation, updateInstallation } from './installation-store.ts'

/**
 * Goes back to credentials that are history, as a new generation: it is proven like any other, and what is in force
 * serves until then. It stands just after what is in force, so that a later callback still replaces it.
 * @returns the new generation
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` when that generation is no history, or was erased
 */
export async function rollBackCredentials(
  { accountId, generation: from, actor }: CredentialKey & { actor: Actor },
  { db, vault, clock }: { db: Database; vault: Vault; clock: Clock },
): Promise<number> {
  return db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, accountId)
    const rows = await listCredentials(tx, accountId)
    if (rows.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const old = rows.find((row) => row.generation === from)
    const isHistory = old?.state === 'superseded' || old?.state === 'rejected'
    if (!isHistory || !old.sealedSecret) {
      throw new StandinError('INPUT_INVALID', {
        detail: 'Only superseded or rejected credentials can be gone back to.',
      })
    }

    const generation = installation.lastGeneration + 1
    const { appId, clientId, contentDigest } = old
    const binding = { account: accountId, app: appId, column: 'client-secret' } as const
    const secret = await vault.open(old.sealedSecret, { ...binding, generation: from })
    const last = rows.find(isInForce) ?? old
    const { issuedAt, tieBreak } = comparePositions(last, old) > 0 ? last : old
    // A redelivery is recognised as the generation that carries these credentials now.
    await updateCredentials(tx, old, { contentDigest: null })
    await insertCredentials(tx, {
      ...{ accountId, generation, appId, clientId, contentDigest, issuedAt },
      tieBreak: `${tieBreak}~`,
      sealedSecret: await vault.seal(secret, { ...binding, generation }),
      state: 'pending',
      bound: true, // An operator says whose they are.
      releasedAt: old.releasedAt,
      receivedAt: clock.now(),
      nextAttemptAt: clock.now(),
    })
    await updateInstallation(tx, accountId, { lastGeneration: generation })
    await record(tx, { actor, event: 'credentials.rolled-back', accountId, generation, details: { clientId, from } })
    return generation
  })
}
