/** Manager's pages for what Standin links to. Not documented for apps: if a path differs, change it here. */
export const hostPages = {
  machine: (machineId: string) => `/assets/${encodeURIComponent(machineId)}`,
  fleet: '/assets',
  apps: '/apps',
  marketplace: '/marketplace',
} as const
