import { connect, type Socket } from 'node:net'

/** Where postgres.js wants a connection: a host with its port, or a path. */
export interface SocketAddress {
  host: readonly string[]
  port: readonly number[]
  path?: string | false
}

/** If an address names several hosts, the driver itself finds the right one and opens the socket. */
export const namesOneHost = (url: string): boolean => URL.canParse(url) && !new URL(url).hostname.includes(',')

/**
 * The socket that the driver would open itself; we need it to be able to destroy it. It is returned before it is connected: a
 * socket error ends the driver's attempt, while an error thrown here would end its connection forever.
 */
export function openSocket({ host: [host = ''], port: [port = 5_432], path }: SocketAddress): Socket {
  const socket = path ? connect(path) : connect({ port, host })
  return Object.assign(socket, { host }) // The driver takes the server name for TLS from it.
}
