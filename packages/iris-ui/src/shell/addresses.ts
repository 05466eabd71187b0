/** The addresses of all pages, built only here. */
export const addresses = {
  overview: '/',
  actions: '/actions',
  action: (actionId: string) => `/actions/${actionId}`,
  /** With the choices of an earlier run. */
  actionLike: (actionId: string, runId: string) => `/actions/${actionId}?like=${runId}`,
  preview: (actionId: string, runId: string) => `/actions/${actionId}/preview/${runId}`,
  runs: '/runs',
  run: (runId: string) => `/runs/${runId}`,
  schedules: '/schedules',
  newSchedule: '/schedules/new',
  schedule: (scheduleId: string) => `/schedules/${scheduleId}`,
  changeSchedule: (scheduleId: string) => `/schedules/${scheduleId}?change=1`,
  receivers: '/schedules/receivers',
  activity: '/activity',
} as const
