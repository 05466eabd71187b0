import type { Action, Run } from '@standin/client'
import type { Hindrance } from '../actions/may-start.ts'
import { acceptsInput } from './accepts-input.ts'

/** How long the server accepts a preview. */
const previewIsGoodForMs = 24 * 3_600_000

/** Whether the server refuses to make the changes of a preview that ended then. */
export const isPreviewTooOld = (endedAt: string | null | undefined, nowMs: number): boolean =>
  !endedAt || nowMs - Date.parse(endedAt) > previewIsGoodForMs

/**
 * What an ended run offers: to run again, or why it cannot, a new preview, or the form if its fields have changed. Nothing if its
 * action is gone.
 */
export type Again =
  | { kind: 'again' }
  | { kind: 'hindered'; by: Hindrance }
  | { kind: 'new-preview' }
  | { kind: 'set-up' }
  | undefined

interface Known {
  action: Action | undefined
  hindrance: Hindrance | undefined
  /** When the preview whose changes it makes ended, if that is known. */
  previewEndedAt: string | null | undefined
  /** All runs that make the changes of that preview. */
  applied: readonly Pick<Run, 'id' | 'state'>[]
  nowMs: number
}

/** Offers only what the server will accept. */
export function againOf(
  { id, state, input, previewRunId }: Pick<Run, 'id' | 'state' | 'input' | 'previewRunId'>,
  { action, hindrance, previewEndedAt, applied, nowMs }: Known,
): Again {
  if (!action) return undefined
  if (hindrance) return { kind: 'hindered', by: hindrance }
  if (!acceptsInput(action, input)) return { kind: 'set-up' }
  if (previewRunId === null) return { kind: 'again' }
  // Its changes were made, here or by another run, or their preview is too old.
  const isMade = [{ id, state }, ...applied.filter((run) => run.id !== id)].some(
    (run) => run.state !== 'failed' && run.state !== 'cancelled',
  )
  return isMade || isPreviewTooOld(previewEndedAt, nowMs) ? { kind: 'new-preview' } : { kind: 'again' }
}
