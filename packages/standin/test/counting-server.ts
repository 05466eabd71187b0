import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The server on which effects happen: it counts how often each key was done. `POST /key` does it, `GET /key` asks whether
 * it was done. Requests beyond the allowed number hang, every second one with its effect made but not answered, so that the
 * caller can be killed in the middle of it.
 */
export async function startCountingServer() {
  const counts = new Map<string, number>()
  let total = 0
  let allowed = 0
  let waiting: Array<() => void> = []
  let someWait = Promise.withResolvers<void>()

  const mayGoOn = async () => {
    while (total > allowed) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      someWait.resolve()
      await promise
    }
  }
  const server = createServer(async (request, response) => {
    const key = request.url?.slice(1) ?? ''
    if (request.method === 'POST') {
      const isDoneFirst = ++total % 2 === 0
      if (!isDoneFirst) await mayGoOn()
      if (request.socket.destroyed) return // The caller is dead, so this never happened.
      counts.set(key, (counts.get(key) ?? 0) + 1)
      if (isDoneFirst) await mayGoOn()
    }
    response.end(String(counts.get(key) ?? 0))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    /** Lets this many more requests pass. */
    allow(more: number): void {
      allowed = total + more
      someWait = Promise.withResolvers()
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
    /** Resolves when a request waits. */
    someWait: () => someWait.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
