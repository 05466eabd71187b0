import { connect, type Socket } from 'node:net'

/** Where postgres.js wants a connection: each host with its port, or a path. */
export interface SocketAddress {
  host: readonly string[]
  port: readonly number[]
  path?: string | false
}

export const connectWithinMs = 5_000

/** Where an address names several hosts the driver finds the right one by itself, and its sockets are its own. */
export const namesOneHost = (url: string): boolean => URL.canParse(url) && !new URL(url).hostname.includes(',')

/** The first of the addresses that takes a connection, with keepalives on. */
export async function openSocket({ host, port, path }: SocketAddress): Promise<Socket> {
  let failure: unknown
  for (const [index, name] of host.entries()) {
    const socket = path ? connect(path) : connect({ port: port[index] ?? 5432, host: name })
    // The driver names the server of a TLS session by this.
    Object.assign(socket, { host: name, port: port[index] })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.once('connect', resolve).once('error', reject)
    socket.setTimeout(connectWithinMs, () => socket.destroy(Object.assign(new Error('connect'), { code: 'ETIMEDOUT' })))
    try {
      await promise
      socket.removeAllListeners('timeout').removeListener('error', reject).setTimeout(0)
      return socket.setKeepAlive(true, 3_000)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
