import type { CallbackStatus } from '@standin/contracts'
import type { AccountsContext } from '../accounts/accounts-context.ts'
import { deleteInstallations } from '../accounts/many-accounts-store.ts'
import { type InTransaction, inTransaction } from '../context.ts'
import { codeOf } from '../database/code-of.ts'
import { createGroupWriter } from '../database/group-writer.ts'
import { toRefusal } from '../refusal.ts'
import type { StandinError } from '../standin-error.ts'
import { readGroup, writeGroup } from './apply-store.ts'
import type { KnownCallback } from './callback-decision.ts'
import { countUnprovenUnbound } from './callback-store.ts'
import { decideGroup } from './decide-group.ts'
import { isBulk, mostUnproven } from './identity-quota.ts'
import { sealGroup } from './seal-group.ts'
import type { VerifiedCallback } from './verified-callback.ts'

/** Callbacks in one transaction, at most. */
const maxGroup = 100
/** A callback whose account is locked for longer is applied alone, so that it delays no other. */
const lockTimeoutMs = 250

/** Writes that are committed with a callback, or not at all. */
export type Alongside = (tx: InTransaction<AccountsContext>) => Promise<void>

export type Outcome = { status: CallbackStatus } | { refused: StandinError }

/**
 * Applies callbacks and enters them into the ledger, in one transaction, as if one after the other. When this returns,
 * they are on disk. Those that a quota refuses leave no trace.
 * @param lockTimeoutMs fails when one of their accounts is locked for longer; without it, waits
 */
export async function applyGroup(
  ctx: AccountsContext,
  group: readonly VerifiedCallback[],
  { lockTimeoutMs, alongside }: { lockTimeoutMs?: number; alongside?: Alongside | undefined } = {},
): Promise<readonly Outcome[]> {
  return inTransaction(ctx, async (tx) => {
    const { accounts: before, created, known } = await readGroup(tx.db, group, { lockTimeoutMs })
    const unproven = needsToKnowUnproven(known) ? await countUnprovenUnbound(tx.db, mostUnproven) : 0
    const decided = decideGroup(known, { accounts: before, unproven, now: tx.clock.now() })

    await writeGroup(tx, await sealGroup(tx, before, decided))
    const entered = new Set(decided.applied.map(({ known: { verified } }) => verified.callback.body.accountId))
    await deleteInstallations(
      tx.db,
      created.filter((accountId) => !entered.has(accountId)),
    )
    if (decided.applied.length > 0) await alongside?.(tx)
    return decided.outcomes
  })
}

/** Applies one callback in a transaction of its own. */
export async function applyAlone(
  ctx: AccountsContext,
  verified: VerifiedCallback,
  alongside?: Alongside,
): Promise<Outcome> {
  const [outcome] = await applyGroup(ctx, [verified], { alongside })
  if (!outcome) throw new Error('each callback has an outcome')
  return outcome
}

/**
 * Applies callbacks in groups: while one transaction runs, those that arrive are collected for the next one. When a group
 * fails, each of its callbacks is applied alone, so that one bad callback costs only itself.
 */
export const createGroupApplier = (ctx: AccountsContext) =>
  createGroupWriter<VerifiedCallback, Outcome>({
    write: (group) => applyGroup(ctx, group, { lockTimeoutMs }),
    apart: { write: (verified) => applyAlone(ctx, verified), mayHelp: (error) => !isOutage(error) },
    maxRows: maxGroup,
  })

/** Whether each callback would fail alone, too. A transaction that lost against another one (class 40) is tried again. */
const isOutage = (error: unknown) => toRefusal(error).reason === 'STORAGE_UNAVAILABLE' && !/^40/.test(codeOf(error))

/** Each callback of the group may count towards the quota of those after it. */
const needsToKnowUnproven = (group: readonly KnownCallback[]) =>
  group.some(({ verified, identityTotal }) => isBulk({ verified, identityTotal: identityTotal + group.length - 1 }))
