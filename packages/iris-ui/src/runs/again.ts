import type { Action, Installation, Run } from '@standin/client'
import { type Hindrance, hindranceOf } from '../actions/may-start.ts'

/** As long as the server makes the changes of a preview. */
const previewIsGoodForMs = 24 * 3_600_000

/** Whether the server refuses to make the changes of a preview that ended then. */
export const isPreviewTooOld = (endedAt: string | null | undefined, nowMs: number): boolean =>
  !endedAt || nowMs - Date.parse(endedAt) > previewIsGoodForMs

/** What an ended run offers: to run again, why it cannot, or a new preview. Nothing if its action is gone. */
export type Again = { kind: 'again' } | { kind: 'hindered'; by: Hindrance } | { kind: 'new-preview' } | undefined

interface Known {
  action: Action | undefined
  installation: Installation['state'] | undefined
  /** When the preview whose changes it makes ended, if that is known. */
  previewEndedAt: string | null | undefined
  nowMs: number
}

/** Offers only what the server will accept. */
export function againOf(
  { state, previewRunId }: Pick<Run, 'state' | 'previewRunId'>,
  { action, installation, previewEndedAt, nowMs }: Known,
): Again {
  if (!action) return undefined
  const by = hindranceOf(action, installation)
  if (by) return { kind: 'hindered', by }
  if (previewRunId === null) return { kind: 'again' }
  // Its changes are made, or what they were chosen from is too old.
  return state === 'succeeded' || isPreviewTooOld(previewEndedAt, nowMs) ? { kind: 'new-preview' } : { kind: 'again' }
}
