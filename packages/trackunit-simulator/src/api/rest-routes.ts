import type { FastifyInstance } from 'fastify'
import { endpointLabel } from '../http/endpoint.ts'
import type { Journal } from '../journal.ts'

/** [doc] Errors of the REST APIs: `{ status, code, message }`. What this simulator does not play is not found. */
export function unknownApiRoutes(app: FastifyInstance, { journal }: { journal: Journal }) {
  for (const path of ['/api/*', '/public/api/*']) {
    app.all(path, { config: { endpoint: 'rest' } }, async (request, reply) => {
      journal.violation('path-documented', { endpoint: endpointLabel(request), detail: 'No such address here.' })
      return reply.code(404).send({ status: 404, code: 'NOT_FOUND', message: 'No such address.' })
    })
  }
}
