import { isDeepStrictEqual } from 'node:util'
import { dayMs } from '../clock.ts'
import type { Transaction } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { isFromBeforeRestore, isOlderThan, listAppliedRuns } from './run-list-store.ts'
import type { NewRunRow } from './run-state-store.ts'
import { lockRun, type RunRow } from './run-store.ts'

/** Trackunit's data changes: after this time a new preview is needed. */
const previewIsGoodForMs = dayMs

/**
 * Whether a run may make the changes of its preview: the preview has the same account, action and input, succeeded within a day,
 * and no other run makes or made its changes, except one that failed and that this run retries.
 * @returns why it may not: `PREVIEW_REQUIRED` with what is wrong with the preview
 */
export async function refusedByPreview(
  tx: Transaction,
  run: Pick<NewRunRow, 'accountId' | 'actionId' | 'input' | 'previewRunId' | 'retryOf'>,
): Promise<StandinError | undefined> {
  const refuse = (detail?: string) => new StandinError('PREVIEW_REQUIRED', detail === undefined ? {} : { detail })
  if (run.previewRunId === null) return refuse()
  const preview = await lockRun(tx, { id: run.previewRunId, accountId: run.accountId })
  const isOfThis = preview?.actionId === run.actionId && preview.mode === 'preview'
  if (!isOfThis) return refuse('previewRunId does not name a preview of this action.')
  const others = fieldsThatDiffer(preview.input, run.input)
  if (others.length > 0) return refuse(`Its preview had other input: ${others.join(', ')}.`)
  if (preview.state !== 'succeeded') return refuse('Its preview has not succeeded.')
  if (await isFromBeforeRestore(tx, preview))
    return refuse('The database was restored after its preview. Its changes may have been made.')
  if (await isOlderThan(tx, preview, previewIsGoodForMs)) return refuse('Its preview is older than a day.')

  const applied = await listAppliedRuns(tx, preview)
  if (applied.some(({ state }) => state !== 'failed' && state !== 'cancelled'))
    return refuse('The changes of this preview are being made, or were made.')
  if (applied.length > 0 && !applied.some(({ id }) => id === run.retryOf))
    return refuse('Another run has begun the changes of this preview. Retry that run instead.')
  return undefined
}

/** The names are safe to show: they passed the action's schema. */
const fieldsThatDiffer = (preview: RunRow['input'], asked: RunRow['input']): string[] =>
  [...new Set([...Object.keys(preview), ...Object.keys(asked)])].filter(
    (name) => !isDeepStrictEqual(preview[name], asked[name]),
  )
