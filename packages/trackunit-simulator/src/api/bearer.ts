import type { FastifyReply, FastifyRequest } from 'fastify'
import { endpointLabel } from '../http/endpoint.ts'
import type { Journal, Rule } from '../journal.ts'
import type { AccessTokens, ApiUser } from '../sign-in/access-tokens.ts'

type BearerDependencies = { accessTokens: AccessTokens; journal: Journal; isClockMoved: () => boolean }

/** Finds the caller by the bearer token; otherwise answers 401 in the documented form and returns `undefined`. */
export function createBearerCheck({ accessTokens, journal, isClockMoved }: BearerDependencies) {
  function refuse(request: FastifyRequest, reply: FastifyReply, { rule, detail }: { rule?: Rule; detail: string }) {
    if (rule) journal.violation(rule, { endpoint: endpointLabel(request), detail })
    reply.note = detail
    reply.code(401).header('www-authenticate', 'Bearer').send({ status: 401, code: 'UNAUTHORIZED', message: detail })
    return undefined
  }

  return async (request: FastifyRequest, reply: FastifyReply): Promise<ApiUser | undefined> => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (!token) return refuse(request, reply, { rule: 'bearer-token-sent', detail: 'No bearer token.' })

    const user = await accessTokens.verify(token)
    if (user === 'expired') {
      // A moved clock makes good tokens old; that is not the caller's fault.
      const detail = 'The token has expired.'
      return refuse(request, reply, isClockMoved() ? { detail } : { rule: 'bearer-token-not-expired', detail })
    }
    // A token may end with its client at any moment, so it breaks no rule.
    if (user === 'invalid') return refuse(request, reply, { detail: 'The token is not valid.' })
    return user
  }
}
