import { inTransaction } from '../context.ts'
import { toRefusal } from '../refusal.ts'
import { type Negotiation, negotiateScopes } from '../trackunit/negotiate-scopes.ts'
import { acceptProof } from './accept-proof.ts'
import { type CredentialRow, lockAccount, updateCredentials } from './account-store.ts'
import { signedCredentials } from './account-table.ts'
import type { AccountsContext, ProvingContext } from './accounts-context.ts'
import { claimDueCredentials } from './due-credential-store.ts'
import { retryProof, waitForSignIn } from './retry-proof.ts'

/** Longer than the timeout of an exchange; after it, another replica may claim what this one did not finish. */
const holdMs = 12_000
const atOnce = 8

/**
 * Proves new credentials by a first exchange, and probes those in force that are parked or in doubt. Those in force serve
 * until newer ones are proven.
 * @returns whether more may be due
 */
export async function proveDueCredentials(ctx: ProvingContext): Promise<boolean> {
  await releaseUnfinished(ctx)
  const due = await claimDueCredentials(ctx.db, { limit: atOnce, holdMs, replicaId: ctx.listener.replica.id() })
  await Promise.all(due.map((row) => prove(ctx, row)))
  return due.length === atOnce
}

async function prove(ctx: AccountsContext, row: CredentialRow): Promise<void> {
  try {
    const negotiation = await negotiate(ctx, row)
    if (negotiation) await settle(ctx, row, negotiation)
  } catch (error) {
    const { accountId, generation } = row
    ctx.log.error({ err: error, accountId, generation }, 'proving credentials failed')
    if (toRefusal(error).reason === 'STORAGE_UNAVAILABLE') ctx.accounts.unfinished.push(row)
  }
}

async function negotiate(ctx: AccountsContext, row: CredentialRow): Promise<Negotiation | undefined> {
  const { accountId: account, generation, appId: app, clientId, sealedSecret } = row
  if (!sealedSecret || !ctx.signedRows.accept(signedCredentials, row)) return undefined
  const clientSecret = await ctx.vault.open(sealedSecret, { account, app, column: 'client-secret', generation })
  return negotiateScopes(ctx, { clientId, clientSecret })
}

/** Decides what Trackunit's answer means, unless another replica, newer credentials or an uninstall came first. */
async function settle(ctx: AccountsContext, claimed: CredentialRow, negotiation: Negotiation): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx.db, claimed.accountId)
    const { generation, state } = claimed
    const row = account.credentials.find((each) => each.generation === generation && each.state === state)
    if (!row) return
    if (negotiation.outcome === 'granted') await acceptProof(tx, { row, account }, negotiation)
    else if (negotiation.outcome === 'paused') await waitForSignIn(tx, row, negotiation)
    else await retryProof(tx, { row, account }, negotiation)
  })
}

/** Makes attempts that an outage of the database left unfinished due again, before their claim expires. */
async function releaseUnfinished(ctx: AccountsContext): Promise<void> {
  const { unfinished } = ctx.accounts
  const released = unfinished.slice()
  // One transaction each: callbacks lock the credentials of several accounts in another order.
  for (const { claimedBy, ...key } of released) // Still claimed, so that it does not count as a new attempt.
    await inTransaction(ctx, (tx) => updateCredentials(tx, key, { nextAttemptAt: ctx.clock.now(), claimedBy }))
  unfinished.splice(0, released.length)
}
