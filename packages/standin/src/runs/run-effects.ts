import type { ErrorReason } from '@standin/contracts'
import type { Effect } from '../actions/define-action.ts'
import type { Database } from '../database/database.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { entryOfChange } from './notify-run-changes.ts'
import { type EffectRow, endEffect, listEffects, meanEffect, meanEffectAgain } from './run-effect-store.ts'
import { holdsRun } from './run-lease-store.ts'
import { RunStopped } from './run-stopped.ts'
import type { RunRow } from './run-store.ts'

/** Reasons after which it is certain that Trackunit did nothing, and may still do it. */
const putOff: readonly ErrorReason[] = ['TRACKUNIT_RATE_LIMITED', 'CREDENTIALS_PENDING', 'STORAGE_UNAVAILABLE']
/** Reasons after which it is certain that Trackunit did nothing, and will not. */
const refused: readonly ErrorReason[] = ['TRACKUNIT_REFUSED', 'SCOPE_NOT_GRANTED', 'PLAN_REQUIRED']

/** What a run that meets a change which was meant before does about it. */
export function whatToDo(
  effect: Pick<EffectRow, 'state' | 'runId'>,
  { runId, canLook }: { runId: string; canLook: boolean },
): 'done already' | 'refused already' | 'do' | 'look' | 'nobody knows' {
  switch (effect.state) {
    case 'done':
      return 'done already'
    case 'put-off':
      return 'do'
    case 'refused':
      // Another run means that somebody asked to try again.
      return effect.runId === runId ? 'refused already' : 'do'
    case 'meant':
      return canLook ? 'look' : 'nobody knows'
  }
}

/**
 * The changes that a run makes in Trackunit. Each is on disk as meant before it is tried; where its worker died or no
 * answer came, it is looked up before it is repeated.
 */
export function createEffects(db: Database, run: RunRow) {
  const { id: runId, epoch } = run
  const changeSetId = changeSetOf(run)

  /** Only the worker that has the run may mean a change. */
  async function whileHeld<Result>(work: Parameters<typeof db.transaction<Result>>[0]): Promise<Result> {
    return db.transaction(async (tx) => {
      if (!(await holdsRun(tx, { runId, epoch, states: ['running'] }))) throw new RunStopped()
      return work(tx)
    })
  }

  interface One {
    changeSetId: string
    key: string
    description: string
  }
  const endDone = (one: One, value: unknown) =>
    endEffect(db, one, { state: 'done', outcome: { value }, entry: entryOfChange(run, 'change.made', one) })

  async function attempt<Outcome>(one: One, work: () => Promise<Outcome>) {
    let value: Outcome
    try {
      value = await work()
    } catch (error) {
      const { reason } = toRefusal(error)
      // Whatever else it was, the request may have arrived: it stays `meant`.
      if (putOff.includes(reason)) await endEffect(db, one, { state: 'put-off', reason })
      if (refused.includes(reason)) {
        const entry = entryOfChange(run, 'change.refused', { ...one, reason })
        await endEffect(db, one, { state: 'refused', reason, entry })
      }
      throw error
    }
    await endDone(one, value)
    return value
  }

  return async <Outcome>({ key, describe, find, do: work }: Effect<Outcome>): Promise<Outcome> => {
    if (run.mode === 'preview') throw new Error('a preview changes nothing')
    const one = { changeSetId, key, runId, description: describe ?? '' }
    const { row, isNew } = await whileHeld((tx) => meanEffect(tx, one))
    if (isNew) return attempt(one, work)

    switch (whatToDo(row, { runId, canLook: find !== undefined })) {
      case 'done already':
        return row.outcome?.value as Outcome // What `do` returned, kept as JSON.
      case 'refused already':
        throw new StandinError(row.reason ?? 'TRACKUNIT_REFUSED')
      case 'nobody knows':
        throw new StandinError('EFFECT_UNKNOWN')
      case 'look': {
        const found = await find?.()
        if (found === undefined) break
        await endDone(one, found)
        return found
      }
    }
    await whileHeld((tx) => meanEffectAgain(tx, one))
    return attempt(one, work)
  }
}

const changeSetOf = ({ id, previewRunId }: Pick<RunRow, 'id' | 'previewRunId'>) => previewRunId ?? id

const standings = { done: 'made', refused: 'not made', 'put-off': 'not made', meant: 'unknown' } as const

/** How the changes of a run stand, by their keys. */
export async function changesOf(
  db: Database,
  run: Pick<RunRow, 'id' | 'previewRunId'>,
): Promise<Map<string, (typeof standings)[EffectRow['state']]>> {
  const effects = await listEffects(db, changeSetOf(run))
  return new Map(effects.map(({ key, state }) => [key, standings[state]]))
}
