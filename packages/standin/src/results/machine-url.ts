/** Where Manager shows a machine. Not documented for apps; the app uses the same address in `host-pages.ts`. */
export function machineUrl(managerUrl: string, machineId: string): string {
  const url = new URL(managerUrl)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/assets/${encodeURIComponent(machineId)}`
  return url.href
}
