import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'

export interface Link extends AsyncDisposable {
  readonly port: number
  /** Ends every connection, and each new one at once. */
  cut(): void
  /** Connections stay open and carry nothing. */
  freeze(): void
  /** Each piece arrives this much later. */
  delay(ms: number): void
  /** As it was. What was held back by `freeze` arrives. */
  mend(): void
}

/** The way of TCP connections between two processes, which can be made bad. */
export async function openLink(target: () => { host: string; port: number } | string): Promise<Link> {
  const sockets = new Set<Socket>()
  let isCut = false
  let delayMs = 0
  let thawed = Promise.withResolvers<void>()
  thawed.resolve()

  const hold = () =>
    new Transform({
      async transform(piece, _, done) {
        await thawed.promise
        if (delayMs > 0) await pause(delayMs)
        done(null, piece)
      },
    })
  const server = createServer((near) => {
    if (isCut) {
      near.destroy()
      return
    }
    const to = target()
    const far = typeof to === 'string' ? connect(to) : connect(to)
    for (const socket of [near, far]) sockets.add(socket.once('close', () => sockets.delete(socket)))
    const end = () => void [near.destroy(), far.destroy()]
    void Promise.all([pipeline(near, hold(), far), pipeline(far, hold(), near)]).catch(end)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }

  return {
    port,
    cut() {
      isCut = true
      endAll()
    },
    freeze() {
      thawed = Promise.withResolvers<void>()
    },
    delay(ms) {
      delayMs = ms
    },
    mend() {
      isCut = false
      delayMs = 0
      thawed.resolve()
    },
    async [Symbol.asyncDispose]() {
      thawed.resolve()
      endAll()
      server.close()
    },
  }
}
