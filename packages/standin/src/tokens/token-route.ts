import { issueTokenInputSchema, procedures } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import type { Authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import type { IssueToCaller } from './issue-to-caller.ts'

interface Dependencies {
  authenticate: Authenticate
  issueToCaller: IssueToCaller
  clock: Clock
}

/** `POST /v1/token`: a token for services that do not speak tRPC; the same JSON, and the same function behind it. */
export async function registerTokenRoute(
  server: FastifyInstance,
  { authenticate, issueToCaller, clock }: Dependencies,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain') // JSON alone.
    const callers = new WeakMap<object, Caller>()
    // Before the body is read: whoever is nobody is told so first, as over tRPC.
    scope.addHook('onRequest', async (request) => {
      const arrival = { arrivedAtMs: clock.monotonicMs(), address: request.ip }
      const caller = await authenticate(request.headers.authorization, arrival)
      if (!procedures.token.issue.callers.some((kind) => kind === caller.kind))
        throw new StandinError('ACCOUNT_FORBIDDEN')
      callers.set(request, caller)
    })
    scope.post('/v1/token', async (request, reply) => {
      const caller = callers.get(request)
      if (!caller) throw new StandinError('UNAUTHENTICATED')
      const token = await issueToCaller(caller, issueTokenInputSchema.parse(request.body))
      return reply.header('cache-control', 'no-store').send(token)
    })
  })
}
