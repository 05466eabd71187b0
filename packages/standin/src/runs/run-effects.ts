import type { ErrorReason, Message } from '@standin/contracts'
import type { Context, ReplicaContext } from '../context.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { ActionFailed } from './action-failed.ts'
import { actionFailedIn } from './failure-text.ts'
import { refusalOfAction } from './outcome-of-attempt.ts'
import { entryOfChange } from './record-changes.ts'
import {
  type EffectKey,
  type EffectRow,
  endEffect,
  listEffects,
  recordIntent,
  recordIntentAgain,
} from './run-effect-store.ts'
import { workingStates } from './run-lifecycle.ts'
import type { RunRow } from './run-store.ts'
import { untilHeard } from './until-heard.ts'
import { whileHeld } from './while-held.ts'

/** One change in Trackunit. Its outcome is JSON. */
export interface Effect<Outcome> {
  /** Names what is changed, such as an event's id. Unique among the changes of a run. */
  key: string
  /** The change as the audit log shows it, without secrets. */
  describe?: string
  /**
   * Looks up whether it was made, after a crash or a lost answer: returns its outcome, or undefined if it was not made.
   * Without it, a change whose outcome is unknown is never repeated.
   */
  find?: () => Promise<Outcome | undefined>
  do: () => Promise<Outcome>
}

/** Reasons after which Trackunit certainly did nothing, and a retry may succeed. */
const putOff: readonly ErrorReason[] = ['TRACKUNIT_RATE_LIMITED', 'CREDENTIALS_PENDING', 'STORAGE_UNAVAILABLE']
/** Reasons after which Trackunit certainly did nothing, and a retry cannot succeed. */
const refused: readonly ErrorReason[] = ['TRACKUNIT_REFUSED', 'SCOPE_NOT_GRANTED', 'PLAN_REQUIRED']

/** What a run does about a change that was already intended. */
export function whatToDo(
  effect: Pick<EffectRow, 'state' | 'runId'>,
  { runId, canLook }: { runId: string; canLook: boolean },
): 'done already' | 'refused already' | 'do' | 'look' | 'unknown' {
  switch (effect.state) {
    case 'done':
      return 'done already'
    case 'put-off':
      return 'do'
    case 'refused':
      // Another run intends it: a person retried.
      return effect.runId === runId ? 'refused already' : 'do'
    case 'meant':
      return canLook ? 'look' : 'unknown'
  }
}

type RunOfChanges = Pick<RunRow, 'id' | 'accountId' | 'previewRunId'>

interface Change extends EffectKey {
  runId: string
  description: string
}

/**
 * Makes one change of a run in Trackunit, once. The intent is on disk before the first attempt; after a crash or a lost
 * answer the change is looked up before it is repeated. A process that others may consider dead makes no changes.
 * @throws StandinError from `do`; `EFFECT_UNKNOWN` if it is unknown whether the change was made
 * @throws RunStopped if the worker no longer holds the run
 */
export async function makeChange<Outcome>(ctx: ReplicaContext, run: RunRow, effect: Effect<Outcome>): Promise<Outcome> {
  if (run.mode === 'preview')
    throw new StandinError('ACTION_FAULTY', {
      detail: 'It called effect in a preview, which changes nothing. Call it only where mode is apply.',
    })
  const { id: runId, accountId, epoch } = run
  const change = { ...changeSetOf(run), key: effect.key, runId, description: effect.describe ?? '' }
  const lease = { id: runId, accountId, epoch, states: ['running' as const] }
  const { row, isNew } = await whileHeld(ctx.db, lease, (tx) => recordIntent(tx, change))
  if (isNew) return attempt(ctx, run, change, effect.do)

  switch (whatToDo(row, { runId, canLook: effect.find !== undefined })) {
    case 'done already':
      return row.outcome?.value as Outcome // What `do` returned, stored as JSON.
    case 'refused already':
      if (row.reason === 'ACTION_FAILED') throw new ActionFailed(row.outcome?.value as Message)
      throw new StandinError(row.reason ?? 'TRACKUNIT_REFUSED')
    case 'unknown':
      throw new StandinError('EFFECT_UNKNOWN')
    case 'look': {
      const found = await effect.find?.()
      if (found === undefined) break
      await endDone(ctx, run, change, found)
      return found
    }
  }
  await whileHeld(ctx.db, lease, (tx) => recordIntentAgain(tx, change))
  return attempt(ctx, run, change, effect.do)
}

async function attempt<Outcome>(
  ctx: ReplicaContext,
  run: RunRow,
  change: Change,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  await untilHeard(ctx, run)
  let value: Outcome
  try {
    value = await work()
  } catch (error) {
    const { reason, retry } = refusalOfAction(error)
    // Only the worker that holds the run may record this: the next one may already be making the change.
    const text = actionFailedIn(error)?.text
    const isForNow = retry === 'soon' && (text || refused.includes(reason))
    if (putOff.includes(reason) || isForNow)
      await whileHeld(ctx.db, { ...run, states: workingStates }, (db) =>
        endEffect({ ...ctx, db }, change, { state: 'put-off', reason }),
      )
    if (retry === 'never' && (text || refused.includes(reason))) {
      const entry = entryOfChange(run, 'change.refused', { ...change, reason })
      await endEffect(ctx, change, { state: 'refused', reason, ...(text && { outcome: { value: text } }), entry })
    }
    throw error // After any other reason the request may have arrived: the change stays `meant`.
  }
  await endDone(ctx, run, change, value)
  return value
}

const endDone = (ctx: Context, run: RunRow, change: Change, value: unknown) =>
  endEffect(ctx, change, { state: 'done', outcome: { value }, entry: entryOfChange(run, 'change.made', change) })

const changeSetOf = ({ id, accountId, previewRunId }: RunOfChanges) => ({ accountId, changeSetId: previewRunId ?? id })

const shownStates = { done: 'made', refused: 'not made', 'put-off': 'not made', meant: 'unknown' } as const

/** The state of each change of a run, by key. */
export async function changesOf(
  db: Database,
  run: RunOfChanges,
): Promise<Map<string, (typeof shownStates)[EffectRow['state']]>> {
  const effects = await listEffects(db, changeSetOf(run))
  return new Map(effects.map(({ key, state }) => [key, shownStates[state]]))
}
