import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The clocks of servers, which can be set while they run: Node loads what `standin dev` loads, so that a server's `Date` is as
 * far ahead as is said here. Its monotonic clock goes on as it was, as on a machine whose time is corrected.
 */
export async function startClocks() {
  const aheadMs = new Map<string, number>()
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ offsetMs: aheadMs.get(request.url?.slice(1) ?? '') ?? 0 }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const movedDate = new URL('../../packages/standin/src/dev/moved-date.ts', import.meta.url)

  return {
    set: (name: string, ms: number) => void aheadMs.set(name, ms),
    /** What stands before the file that the server runs. */
    before: (name: string) =>
      ['--import', `${movedDate}?clock=${encodeURIComponent(`http://127.0.0.1:${port}/${name}`)}`] as const,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
