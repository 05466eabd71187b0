import type { Installation } from '@standin/client'

/** After a failed request, the next try; the notice counts down to it. */
export const RETRY_MS = 10_000

const PENDING_MS = 3_000
const CALM_MS = 10_000

/** How long until the installation is asked for again: often while people wait for it, else soon enough that a re-installation or removal is seen while one looks. */
export function installationRefreshMs(state: Installation['state'] | undefined, failed: boolean): number {
  if (failed) return RETRY_MS
  return state === 'pending' || state === 'none' ? PENDING_MS : CALM_MS
}

/** Runs can be started by a schedule or another person: lists are asked for even when this page started nothing. */
export function runsRefreshMs(going: number, failed: boolean): number {
  if (failed) return RETRY_MS
  // The event stream is what is watched; this finds what a broken stream would miss.
  return going > 0 ? 10_000 : 20_000
}
