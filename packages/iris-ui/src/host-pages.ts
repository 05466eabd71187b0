/** Where Manager shows what Standin refers to. Not documented for apps: where a path turns out to differ, it changes here. */
export const hostPages = {
  machine: (machineId: string) => `/assets/${encodeURIComponent(machineId)}`,
  fleet: '/assets',
  apps: '/apps',
  marketplace: '/marketplace',
} as const
