import type { FastifyInstance } from 'fastify'
import type { Config } from '../config/config.ts'
import type { DatabaseWatch } from '../database/database-watch.ts'

/**
 * `live`: the process answers. `ready`: it can do what its parts promise, also while it bridges a database outage: if a balancer
 * removed every replica at once, the outage would become total.
 * @param isWorking whether this process claims the runs that are due
 * @param unreadable keys that stored values need and this process does not have
 * @param isStopping whether this process is stopping: a balancer must not send it new requests
 */
export function registerHealthRoutes(
  server: FastifyInstance,
  {
    config,
    watch,
  }: { config: Config; watch: Pick<DatabaseWatch, 'suspect' | 'downForMs' | 'trouble' | 'clockOffByMs'> },
  {
    isWorking,
    isStopping = () => false,
    unreadable = [],
  }: { isWorking: () => boolean; isStopping?: () => boolean; unreadable?: readonly string[] },
): void {
  const { parts, outageServeMs } = config
  // Only tokens are served without the database: callbacks and runs wait for it.
  const bridgesMs = parts.includes('api') ? outageServeMs : 0
  server.get('/health/live', async () => ({ status: 'live' }))
  server.get('/health/ready', async (_request, reply) => {
    if (isStopping()) return reply.code(503).send({ status: 'not-ready', stopping: true, parts })
    const isDown = await watch.suspect()
    const isStuck = !isDown && !isWorking()
    const offByMs = watch.clockOffByMs()
    const isFit = unreadable.length === 0 && offByMs === undefined && watch.trouble() !== 'behind'
    const isReady = isFit && (isDown ? watch.downForMs() < bridgesMs : !isStuck)
    return reply.code(isReady ? 200 : 503).send({
      status: isReady ? 'ready' : 'not-ready',
      database: watch.trouble() ?? 'up',
      ...(isStuck && { worker: 'stuck' }),
      ...(unreadable.length > 0 && { keysMissing: unreadable }),
      ...(offByMs !== undefined && { clockAheadOfDatabaseS: Math.round(offByMs / 1_000) }),
      parts,
    })
  })
}
