import type { CallbackStatus } from '@standin/contracts'
import type { CredentialRow } from '../accounts/credential-store.ts'
import { unmakeInstallations } from '../accounts/installation-store.ts'
import type { Uninstall } from '../accounts/uninstall.ts'
import type { Clock } from '../clock.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Vault } from '../secrets/vault.ts'
import type { StandinError } from '../standin-error.ts'
import { readTaking, type Taking, writeTaking } from './apply-store.ts'
import { type AccountOfCallback, type ReceivedCredentials, trackunit } from './callback-kinds.ts'
import { countUnprovenUnbound } from './callback-store.ts'
import type { callbacks } from './callback-table.ts'
import { type Decided, type DecidedInTurn, decideInTurn, type KnownCallback } from './decide-callbacks.ts'
import { isAmongMany, mostUnproven } from './identity-quota.ts'
import type { BelievedCallback } from './verified-callback.ts'

export interface TakingParts {
  db: Database
  vault: Vault
  clock: Clock
  uninstall: Uninstall
}

/** Commits with the callback, or not at all. */
export type Beside = (tx: Transaction) => Promise<void>

export type Outcome = { status: CallbackStatus } | { refused: StandinError }

export type TakeTogether = (
  believed: readonly BelievedCallback[],
  options?: {
    beside?: Beside | undefined
    /** How long somebody else may have a row of theirs locked; without it, as long as it takes. */
    patienceMs?: number
  },
) => Promise<readonly Outcome[]>

/**
 * Enters callbacks into the ledger and lets them take effect, in one transaction and one after the other. When this
 * returns, they are on disk; those that the bounds refuse leave nothing.
 */
export function createTakeTogether({ db, vault, clock, uninstall }: TakingParts): TakeTogether {
  async function write(tx: Transaction, taken: Taken): Promise<void> {
    await writeTaking(tx, await sealed(taken, vault))
    for (const { uninstalls, known } of taken.decided) {
      const { callback, identity } = known.believed
      const account = taken.accounts.get(callback.body.accountId)
      if (!uninstalls || !account) continue
      const { installation } = account
      await uninstall(tx, { installation, issuedAt: identity.issuedAt, actor: trackunit })
    }
  }

  return (believed, { beside, patienceMs } = {}) =>
    db.transaction(async (tx) => {
      const { accounts: before, made, known } = await readTaking(tx, believed, { patienceMs })
      const unproven = needsToKnowRoom(known) ? await countUnprovenUnbound(tx, mostUnproven) : 0
      const { outcomes, accounts } = decideInTurn(known, { accounts: before, unproven, now: clock.now() })
      const decided = outcomes.filter((outcome) => 'status' in outcome)
      await write(tx, { before, accounts, decided })
      const taken = new Set(decided.map(({ known: { believed } }) => believed.callback.body.accountId))
      await unmakeInstallations(
        tx,
        made.filter((accountId) => !taken.has(accountId)),
      )
      if (decided.length > 0) await beside?.(tx)
      return outcomes
    })
}

/** As many may come before one as are taken with it. */
const needsToKnowRoom = (known: readonly KnownCallback[]) =>
  known.some(({ believed: { callback, bound }, broughtInAll }) =>
    isAmongMany({ kind: callback.kind, bound }, { inAll: broughtInAll + known.length - 1 }),
  )

type Taken = Pick<DecidedInTurn, 'accounts'> & {
  before: ReadonlyMap<string, AccountOfCallback>
  decided: readonly Decided[]
}

/** What is to be written, with everything sealed that is secret. */
async function sealed({ before, accounts, decided }: Taken, vault: Vault): Promise<Taking> {
  const rowsBefore = new Set([...before.values()].flatMap(({ credentials }) => credentials))
  const keyOf = ({ accountId, generation }: ReceivedCredentials) => `${accountId} ${generation}`
  const keysBefore = new Set([...rowsBefore].map(keyOf))
  const touched = [...accounts.values()].flatMap(({ credentials }) => credentials.filter((row) => !rowsBefore.has(row)))

  return {
    installations: [...accounts.values()]
      .map(({ installation }) => installation)
      .filter((installation) => before.get(installation.accountId)?.installation !== installation),
    newCredentials: await Promise.all(
      touched.filter((row) => !keysBefore.has(keyOf(row))).map((row) => sealedCredentials(row, vault)),
    ),
    changedCredentials: touched.filter((row) => keysBefore.has(keyOf(row))),
    ledger: await Promise.all(decided.filter(({ isEntered }) => isEntered).map((each) => ledgerRow(each, vault))),
    said: decided.flatMap(({ said }) => said ?? []),
    installs: decided.flatMap(({ isInstall, known }) => (isInstall ? [known.believed.callback.body.accountId] : [])),
  }
}

async function sealedCredentials({ secret, ...row }: ReceivedCredentials, vault: Vault): Promise<CredentialRow> {
  const { accountId: account, appId: app, generation } = row
  return {
    ...row,
    sealedSecret: secret ? await vault.seal(secret, { account, app, column: 'client-secret', generation }) : null,
  }
}

async function ledgerRow(
  { known: { believed, contentDigest }, status, generation, kept }: Decided,
  vault: Vault,
): Promise<typeof callbacks.$inferInsert> {
  const { accountId, irisAppId: appId, type } = believed.callback.body
  const { issuedAt, claimNames, algorithm, issuer, audiences } = believed.identity
  const binding = { account: accountId, app: appId, column: 'callback-body', generation: generation ?? 0 } as const
  return {
    ...{ accountId, appId, type, contentDigest, issuedAt, outcome: status, generation: generation ?? null },
    ...{ identityDigest: believed.identityDigest, claimNames, algorithm, issuer, audiences },
    sealedBody: kept ? await vault.seal(kept, binding) : null,
  }
}
