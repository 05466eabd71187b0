import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import {
  type CredentialKey,
  insertCredentials,
  lockAccount,
  updateCredentials,
  updateInstallation,
} from './account-store.ts'
import { forgedCredentialsDetail, signedCredentials } from './account-table.ts'
import { isInForce } from './credential-lifecycle.ts'
import { comparePositions, type Position } from './credential-order.ts'
import { unstopped } from './uninstall-lifecycle.ts'

/**
 * Goes back to superseded or rejected credentials, as a new generation: it is proven like any other, and the credentials in
 * force serve until then. Its position is just after theirs, so that a later callback still replaces it, and after those of
 * earlier roll-backs that are not proven yet, so that the last decision wins.
 * @returns the new generation
 * @throws StandinError `INSTALLATION_NOT_FOUND`, or `INPUT_INVALID` if that generation is in another state, or was erased
 */
export async function rollBackCredentials(
  ctx: Context,
  { accountId, generation: from, actor }: CredentialKey & { actor: Actor },
): Promise<number> {
  return inTransaction(ctx, async (tx) => {
    const { installation, credentials } = await lockAccount(tx.db, accountId)
    if (credentials.length === 0) throw new StandinError('INSTALLATION_NOT_FOUND')
    const old = credentials.find((row) => row.generation === from)
    const isHistory = old?.state === 'superseded' || old?.state === 'rejected'
    if (!isHistory || !old.sealedSecret)
      throw new StandinError('INPUT_INVALID', {
        detail: 'You can roll back only to superseded or rejected credentials.',
      })

    if (!tx.signedRows.accept(signedCredentials, old))
      throw new StandinError('INTERNAL', { detail: forgedCredentialsDetail })
    if (installation.suspendedUpTo && !unstopped({ installation, credentials }))
      throw new StandinError('INPUT_INVALID', { detail: 'The account is suspended. Restore it first.' })

    const generation = installation.lastGeneration + 1
    const { appId, clientId, contentDigest, releasedAt } = old
    const binding = { account: accountId, app: appId, column: 'client-secret' } as const
    const secret = await ctx.vault.open(old.sealedSecret, { ...binding, generation: from })
    const last = credentials.find(isInForce) ?? old
    const { issuedAt, tieBreak } = positionAfter(comparePositions(last, old) > 0 ? last : old, credentials)
    const now = ctx.clock.now()
    // A redelivery is recognised as the generation that has these credentials now.
    await updateCredentials(tx, old, { contentDigest: null })
    await insertCredentials(tx, {
      accountId,
      generation,
      appId,
      clientId,
      contentDigest,
      releasedAt,
      issuedAt,
      tieBreak,
      sealedSecret: await ctx.vault.seal(secret, { ...binding, generation }),
      state: 'pending',
      bound: true, // The operator vouches for them.
      provenAt: null,
      receivedAt: now,
      nextAttemptAt: now,
    })
    await updateInstallation(tx, accountId, { lastGeneration: generation })
    await record(tx, { actor, event: 'credentials.rolled-back', accountId, generation, details: { clientId, from } })
    return generation
  })
}

function positionAfter({ issuedAt, tieBreak }: Position, taken: readonly Position[]): Position {
  let next = `${tieBreak}~`
  while (taken.some((each) => comparePositions(each, { issuedAt, tieBreak: next }) === 0)) next += '~'
  return { issuedAt, tieBreak: next }
}
