import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { isOlderThan, listAppliedRuns } from './run-list-store.ts'
import { lockRun, type RunRow } from './run-store.ts'

/** What a preview found can have changed meanwhile: after this it is to be looked at again. */
const previewIsGoodForMs = 24 * 3_600_000

/**
 * Whether a run may make its preview's changes: the preview is of the same account, action and input, has succeeded
 * within a day, and no other run makes or made them, but one that this one repeats because it did not succeed.
 * @throws StandinError `PREVIEW_REQUIRED`, saying what is wrong with the one that was given
 */
export async function checkPreview(tx: Transaction, run: RunRow): Promise<void> {
  const refuse = (detail?: string): never => {
    throw new StandinError('PREVIEW_REQUIRED', detail === undefined ? {} : { detail })
  }
  if (run.previewRunId === null) return refuse()
  const preview = await lockRun(tx, run.previewRunId)
  const isOfThis =
    preview?.accountId === run.accountId && preview.actionId === run.actionId && preview.mode === 'preview'
  if (!isOfThis) return refuse('The run that was named is not a preview of it.')
  if (!isDeepStrictEqual(preview.input, run.input)) return refuse('Its preview had other input.')
  if (preview.state !== 'succeeded') return refuse('Its preview has not succeeded.')
  if (await isOlderThan(tx, preview.id, previewIsGoodForMs)) return refuse('Its preview is older than a day.')

  const applied = (await listAppliedRuns(tx, preview.id)).filter(({ id }) => id !== run.id)
  if (applied.some(({ state }) => state !== 'failed' && state !== 'cancelled'))
    return refuse('What its preview found is being changed already, or was.')
  if (applied.length > 0 && !applied.some(({ id }) => id === run.retryOf))
    return refuse('What its preview found was begun already. Start that run again instead.')
}
