const LATEST = 8

/** The runs that the overview lists as running. */
export const goingRuns = (accountId: string) => ({
  accountId,
  states: ['queued' as const, 'running' as const, 'waiting' as const, 'cancelling' as const],
})

/** And the latest results. */
export const endedRuns = (accountId: string) => ({
  accountId,
  states: ['succeeded' as const, 'failed' as const, 'cancelled' as const],
  limit: LATEST,
})

export const allSchedules = (accountId: string) => ({ accountId, limit: 100 })
