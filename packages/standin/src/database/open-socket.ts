import { connect, type Socket } from 'node:net'

/** Where postgres.js wants a connection: a host with its port, or a path. */
export interface SocketAddress {
  host: readonly string[]
  port: readonly number[]
  path?: string | false
}

/** If an address names several hosts, the driver finds the right one and opens its own sockets. */
export const namesOneHost = (url: string): boolean => URL.canParse(url) && !new URL(url).hostname.includes(',')

/**
 * The socket that the driver would open, kept so that it can be destroyed. It is returned before it is connected:
 * an error of its own ends the driver's attempt, one that is thrown here would end its connection for good.
 */
export function openSocket({ host: [host = ''], port: [port = 5_432], path }: SocketAddress): Socket {
  const socket = path ? connect(path) : connect({ port, host })
  return Object.assign(socket, { host }) // By this the driver names the server of a TLS session.
}
