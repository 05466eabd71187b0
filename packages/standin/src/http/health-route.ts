import type { FastifyInstance } from 'fastify'

/** `live`: the process answers. `ready`: it can do what it promises. */
export function registerHealthRoutes(
  server: FastifyInstance,
  { databaseAnswers }: { databaseAnswers: () => Promise<boolean> },
): void {
  server.get('/health/live', async () => ({ status: 'live' }))
  server.get('/health/ready', async (_request, reply) => {
    const database = (await databaseAnswers()) ? 'up' : 'down'
    return reply
      .code(database === 'up' ? 200 : 503)
      .send({ status: database === 'up' ? 'ready' : 'not-ready', database })
  })
}
