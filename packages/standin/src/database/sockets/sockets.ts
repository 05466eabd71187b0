import type { Socket } from 'node:net'
import { namesOneHost, openSocket, type SocketAddress } from './open-socket.ts'

export interface Sockets {
  /** An option of postgres.js that its types lack. Empty if the address names several hosts. */
  options: object
  /**
   * Ends connections whose other side is silent: what is under way on them fails, and new ones are made. Idle ones are ended
   * too, which costs only a reconnect.
   * @param unlessHeardWithinMs spares connections on which anything arrives within this time; 0 spares none
   */
  cut(unlessHeardWithinMs: number): void
  /**
   * Call it after the driver has ended. A connection that it was just making, for example because the database came back, would
   * stay open and keep the process alive.
   */
  end(): void
}

/**
 * The sockets of a pool. Without them, the driver would wait a quarter of an hour for a connection that the network lost.
 * @param policy.heardEveryMs a connection on which nothing arrives for this long is ended, within twice this time
 */
export function createSockets(url: string, { heardEveryMs }: { heardEveryMs: number }): Sockets {
  const sockets = new Set<Socket>()
  let isOver = false
  const socket = (address: SocketAddress) => {
    for (const each of sockets) if (each.destroyed) sockets.delete(each) // The driver removes our listeners.
    const opened = openSocket(address)
    sockets.add(opened)
    return isOver ? opened.unref() : opened
  }
  const cut = (unlessHeardWithinMs: number) => {
    const heard = [...sockets].map((each) => ({ each, bytes: each.bytesRead }))
    const end = () => {
      for (const { each, bytes } of heard) if (each.bytesRead === bytes) each.destroy()
    }
    if (unlessHeardWithinMs === 0) end()
    else setTimeout(end, unlessHeardWithinMs).unref()
  }
  const cutting = setInterval(cut, heardEveryMs, heardEveryMs).unref()
  return {
    options: namesOneHost(url) ? { socket } : {},
    cut,
    end() {
      isOver = true
      clearInterval(cutting)
      for (const each of sockets) each.destroy()
    },
  }
}
