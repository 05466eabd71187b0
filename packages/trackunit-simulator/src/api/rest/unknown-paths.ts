import type { FastifyInstance } from 'fastify'
import { notFound } from './documented-error.ts'
import type { RestEdge } from './rest-edge.ts'

/** What this simulator does not play is not found, and noted. */
export function unknownApiPaths(app: FastifyInstance, { edge }: { edge: RestEdge }) {
  for (const path of ['/api/*', '/public/api/*']) {
    app.all(path, { config: { endpoint: 'rest' } }, async (request, reply) =>
      edge.refuse(request, reply, { error: notFound('No such address.'), rule: 'path-documented' }),
    )
  }
}
