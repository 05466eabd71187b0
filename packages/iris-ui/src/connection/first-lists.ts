const LATEST = 8

/** Which runs the overview lists: those that go on. */
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
