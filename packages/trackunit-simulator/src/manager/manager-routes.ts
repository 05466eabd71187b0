import type { FastifyInstance } from 'fastify'
import { localOnly } from '../control/local-only.ts'

export async function managerRoutes(app: FastifyInstance, _: Record<string, unknown>) {
  app.addHook('onRequest', localOnly)
  app.get('/', async (_request, reply) => reply.type('text/html').send('<!doctype html><title>Manager</title>'))
}
