import type { FastifyInstance } from 'fastify'
import { notFound } from './documented-error.ts'
import { createDocumentedRates } from './documented-rates.ts'
import type { Limiting } from './request-limit.ts'
import type { RestEdge } from './rest-edge.ts'

/** Addresses that the simulator does not implement answer 404 and are reported; their documented limits still apply. */
export function unknownApiPaths(app: FastifyInstance, { edge, ...limiting }: { edge: RestEdge } & Limiting) {
  const rateOf = createDocumentedRates(limiting)

  for (const path of ['/api/*', '/public/api/*']) {
    app.all(path, { config: { endpoint: 'rest' } }, async (request, reply) => {
      const rate = rateOf(request.url)
      if (rate) {
        const user = await edge.apiUser(request, reply, 'asset.view')
        if (!user) return reply
        if (edge.isOverLimit(request, reply, { limit: rate.limit(user.clientId), rule: rate.rule })) return reply
      }
      return edge.refuse(request, reply, { error: notFound('No such address.'), rule: 'path-documented' })
    })
  }
}
