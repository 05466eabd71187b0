import type { FastifyInstance } from 'fastify'
import type { Part } from '../config/parts.ts'
import type { DatabaseWatch } from '../database/database-watch.ts'

interface Dependencies {
  watch: Pick<DatabaseWatch, 'suspect' | 'downForMs'>
  /** For how long an outage of the database is bridged. */
  outageServeMs: number
  parts: readonly Part[]
}

/**
 * `live`: the process answers. `ready`: it can do what it promises, also while it bridges an outage of the database: a
 * balancer that took every replica away at once would make a pause of it.
 */
export function registerHealthRoutes(server: FastifyInstance, { watch, outageServeMs, parts }: Dependencies): void {
  // Tokens alone are served without the database: callbacks and runs wait for it.
  const bridgesMs = parts.includes('api') ? outageServeMs : 0
  server.get('/health/live', async () => ({ status: 'live' }))
  server.get('/health/ready', async (_request, reply) => {
    const isDown = await watch.suspect()
    const isReady = !isDown || watch.downForMs() < bridgesMs
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? 'ready' : 'not-ready', database: isDown ? 'down' : 'up', parts })
  })
}
