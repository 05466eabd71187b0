import type { Socket } from 'node:net'
import { namesOneHost, openSocket, type SocketAddress } from './open-socket.ts'

export interface Sockets {
  /** For postgres.js, which takes it and does not say so in its types. Nothing if the address names several hosts. */
  options: object
  /**
   * Ends connections whose other side has gone silent: what is under way there fails, new ones are made. An idle one goes
   * too, which costs a connection and no work.
   * @param unlessHeardWithinMs spares connections on which anything arrives within this time; 0 spares none
   */
  cut(unlessHeardWithinMs: number): void
  /**
   * For after the driver has ended. One that it was just making, as when a database comes back, would be left open and keep
   * the process alive.
   */
  end(): void
}

/**
 * The sockets of a pool: without them, a connection that a network lost is waited on for a quarter of an hour.
 * @param policy.heardEveryMs one on which nothing arrives for so long is ended, at the latest after twice that
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
