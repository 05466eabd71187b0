/** The runs that have not ended. */
export const goingRuns = (accountId: string) => ({
  accountId,
  states: ['queued' as const, 'running' as const, 'waiting' as const, 'cancelling' as const],
  // Their number is shown, and decides what can start.
  limit: 100,
})

export const allSchedules = (accountId: string) => ({ accountId, limit: 100 })
