import type { FastifyReply, FastifyRequest } from 'fastify'
import { endpointLabel } from '../../http/endpoint.ts'
import type { Journal, Rule } from '../../journal.ts'
import type { ApiUser } from '../../sign-in/access-tokens.ts'
import { type DocumentedError, forbidden, tooManyRequests } from './documented-error.ts'
import type { LimitAnswer } from './request-limit.ts'

export type RestEdge = ReturnType<typeof createRestEdge>

type RestEdgeDependencies = {
  apiUserOf: (request: FastifyRequest, reply: FastifyReply) => Promise<ApiUser | undefined>
  journal: Journal
}

/** What all REST endpoints share: the caller, the scope, and the form of errors. */
export function createRestEdge({ apiUserOf, journal }: RestEdgeDependencies) {
  const edge = {
    /** `undefined` when the answer was already given. */
    async apiUser(request: FastifyRequest, reply: FastifyReply, scope: string): Promise<ApiUser | undefined> {
      const user = await apiUserOf(request, reply)
      if (!user || user.scopes.includes(scope)) return user
      reply.code(403).send(forbidden())
      return undefined
    },

    /** Answers an error; `rule` names what the caller broke. */
    refuse(request: FastifyRequest, reply: FastifyReply, { error, rule }: { error: DocumentedError; rule?: Rule }) {
      const detail = error.violations?.map(({ field, message }) => `${field} ${message}`).join(', ') ?? error.message
      if (rule) journal.violation(rule, { endpoint: endpointLabel(request), detail })
      reply.note = detail
      return reply.code(error.status).send(error)
    },

    /** Answers an impossible page, or a parameter that the list does not have. */
    refusePage(request: FastifyRequest, reply: FastifyReply, error: DocumentedError) {
      const isOfPage = error.violations?.some(({ field }) => field === 'page' || field === 'size')
      return edge.refuse(request, reply, { error, rule: isOfPage ? 'rest-page-size' : 'rest-parameters' })
    },

    /** Answers 429 when a limit is reached, which breaks `rule`, since these limits are documented. */
    isOverLimit(request: FastifyRequest, reply: FastifyReply, { limit, rule }: { limit: LimitAnswer; rule: Rule }) {
      if (limit.isAllowed) return false
      const endpoint = endpointLabel(request)
      journal.violation(rule, { endpoint, detail: `Too early by ${limit.retryAfterS} s.` })
      reply.note = `Retry-After ${limit.retryAfterS}`
      reply.header('retry-after', String(limit.retryAfterS)).code(429).send(tooManyRequests())
      return true
    },
  }
  return edge
}
