import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

interface DrainPolicy {
  /** How long new connections are still accepted: as long as a balancer may need to notice that the server is not ready. */
  delayMs: number
  /** How long requests under way may take after that, before they are cut. */
  withinMs: number
}

const sweepEveryMs = 50

/**
 * Stops a listening server without any caller noticing. From now on each answer closes its connection, so that the caller's next
 * request goes to another replica. After the delay no connection is accepted, streams end, and requests under way finish.
 */
export async function drainHttp(server: FastifyInstance, { delayMs, withinMs }: DrainPolicy): Promise<void> {
  const { server: listener } = server
  listener.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  await pause(delayMs)
  // Answers that began earlier, and streams that have ended, leave their connections open.
  const sweep = setInterval(() => listener.closeIdleConnections(), sweepEveryMs)
  const cut = setTimeout(() => listener.closeAllConnections(), withinMs)
  try {
    await server.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(cut)
  }
}
