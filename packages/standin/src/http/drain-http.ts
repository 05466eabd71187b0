import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

interface DrainPolicy {
  /** How long new connections are still taken: as long as a balancer may need to notice that the server is not ready. */
  delayMs: number
  /** How long requests under way may take after that; then they are cut. */
  withinMs: number
}

const sweepEveryMs = 50

/**
 * Ends a server that listens so that no caller notices. Each answer closes its connection from now on, and the caller's
 * next one goes to another replica. After the delay no connection is accepted, streams end, and requests under way finish.
 */
export async function drainHttp(server: FastifyInstance, { delayMs, withinMs }: DrainPolicy): Promise<void> {
  const { server: listener } = server
  listener.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  await pause(delayMs)
  // An answer that began before, and a stream that has ended, leave their connections open.
  const sweep = setInterval(() => listener.closeIdleConnections(), sweepEveryMs)
  const cut = setTimeout(() => listener.closeAllConnections(), withinMs)
  try {
    await server.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(cut)
  }
}
