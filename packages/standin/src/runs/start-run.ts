import { isDeepStrictEqual } from 'node:util'
import type { Run, StartRunInput } from '@standin/contracts'
import { missingForAction } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { record } from '../audit/record.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import type { AnyAction } from './define-action.ts'
import { promoteRuns } from './promote-runs.ts'
import type { RunQueue } from './run-queue.ts'
import { appendEvent, countOpenRuns, insertRun, lockPromotion, type RunRow } from './run-store.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  findAction: (actionId: string) => AnyAction | undefined
  /**
   * Undefined while new credentials are not proven yet: the run is accepted, and waits for them.
   * @throws StandinError with the reason why the account is not served
   */
  grantedScopesOf: (accountId: string) => Promise<readonly string[] | undefined>
}

/** One that works and one that waits; a third is refused. */
const maxOpenWithoutOverlap = 2

/** Accepts a run: when this returns, it is on disk and will be worked on. The same idempotency key again is the same run. */
export function createStartRun({ db, queue, findAction, grantedScopesOf }: Dependencies) {
  return async (
    caller: Caller,
    { accountId, actionId, input, idempotencyKey, mode }: StartRunInput,
  ): Promise<RunRow> => {
    const action = findAction(actionId)
    if (!action) throw new StandinError('ACTION_NOT_FOUND')
    action.input.parse(input) // Kept as it came: the worker parses it again, and what was transformed would not pass twice.
    if (action.changesData && mode === 'apply') throw new StandinError('PREVIEW_REQUIRED')

    const notTheirs = missingForAction(caller, { accountId, scopes: action.scopes, changesData: action.changesData })
    if (notTheirs.length > 0) throw new StandinError('SCOPE_FORBIDDEN', { detail: `Needed: ${notTheirs.join(', ')}.` })
    const granted = await grantedScopesOf(accountId)
    const notGranted = granted ? action.scopes.filter((scope) => !granted.includes(scope)) : []
    if (notGranted.length > 0)
      throw new StandinError('SCOPE_NOT_GRANTED', { detail: `Needed: ${notGranted.join(', ')}.` })

    return db.transaction(async (tx) => {
      await lockPromotion(tx, accountId)
      const { row, isNew } = await insertRun(tx, {
        accountId,
        actionId,
        mode,
        input,
        idempotencyKey,
        startedBy: startedBy(caller),
        mayOverlap: action.mayOverlap ?? false,
        state: 'queued',
        progress: { done: 0, total: null, message: '', secondsLeft: null },
        steps: [],
      })
      if (!isNew) {
        const isSame = row.actionId === actionId && row.mode === mode && isDeepStrictEqual(row.input, input)
        if (!isSame) throw new StandinError('IDEMPOTENCY_KEY_REUSED')
        return row
      }
      if (!row.mayOverlap && (await countOpenRuns(tx, accountId, actionId)) > maxOpenWithoutOverlap)
        throw new StandinError('RUN_OVERLAPS')

      await appendEvent(tx, row.id, {
        type: 'state',
        state: 'queued',
        waitingUntil: null,
        reason: null,
        headline: null,
      })
      const actor = { kind: caller.kind, id: row.startedBy.id }
      await record(tx, { actor, event: 'run.started', accountId, details: { runId: row.id, actionId, mode } })
      await promoteRuns(tx, queue, accountId)
      return row
    })
  }
}

function startedBy(caller: Caller): Run['startedBy'] {
  return caller.kind === 'user'
    ? { kind: 'user', id: caller.id, name: caller.name }
    : { kind: 'service', id: caller.service, name: caller.service }
}
