import { once } from 'node:events'
import type { Server } from 'node:http'
import { Server as TcpServer } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

interface DrainPolicy {
  /** How long new connections are still accepted: as long as a balancer may need to notice that the server is not ready. */
  delayMs: number
  /** How long requests under way may take after that, before they are cut. */
  withinMs: number
}

const sweepEveryMs = 50
const firstRequestWithinMs = 500
const [quickTurnMs, mostTurns] = [0.2, 200]

/**
 * Stops a listening server without any caller noticing. From now on each answer closes its connection, so that the caller's next
 * request goes to another replica. After the delay no connection is accepted, streams end, and requests under way finish.
 */
export async function drainHttp(server: FastifyInstance, { delayMs, withinMs }: DrainPolicy): Promise<void> {
  const { server: listener } = server
  listener.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  await pause(delayMs)
  await acceptWhatWaits()
  const closed = stopListening(listener)
  // For Node a connection is idle until its first request is read: it would close one that has just been accepted.
  await pause(Math.min(delayMs, firstRequestWithinMs))
  await nextTurn() // Reads what has arrived.
  // Answers that began earlier, and streams that have ended, leave their connections open.
  const sweep = setInterval(() => listener.closeIdleConnections(), sweepEveryMs)
  const cut = setTimeout(() => listener.closeAllConnections(), withinMs)
  try {
    await server.close()
    await closed
  } finally {
    clearInterval(sweep)
    clearTimeout(cut)
  }
}

/**
 * The system connects callers before the process knows of them, and resets these when the process stops listening. Proxies that do
 * not ask whether a server is ready, such as nginx, send requests until then. Each turn of the event loop accepts all that wait;
 * after a quick one, hardly any can have come since.
 */
async function acceptWhatWaits(): Promise<void> {
  await nextTurn() // The rest of the turn that a timer began.
  for (let turn = 0; turn < mostTurns; turn++) {
    const startedAt = performance.now()
    await nextTurn()
    if (performance.now() - startedAt < quickTurnMs) return
  }
}

/** Unlike the server's own `close`, this leaves idle connections open. @returns when all connections have ended */
async function stopListening(listener: Server): Promise<void> {
  if (!listener.listening) return
  TcpServer.prototype.close.call(listener)
  await once(listener, 'close')
}
