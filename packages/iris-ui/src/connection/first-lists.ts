/** The runs that the overview lists as running. */
export const goingRuns = (accountId: string) => ({
  accountId,
  states: ['queued' as const, 'running' as const, 'waiting' as const, 'cancelling' as const],
})

export const allSchedules = (accountId: string) => ({ accountId, limit: 100 })
