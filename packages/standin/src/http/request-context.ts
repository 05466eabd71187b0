import type { FastifyRequest } from 'fastify'
import { authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { HttpContext } from './http-context.ts'
import type { RequestContext } from './trpc.ts'

/** What procedures get to know of a request. */
export function requestContextOf(ctx: HttpContext, request: FastifyRequest): RequestContext {
  const arrival = { arrivedAtMs: ctx.clock.monotonicMs(), address: request.ip }
  let caller: Promise<Caller> | undefined // One look-up for all procedures of a batch.
  return {
    requestId: request.id,
    authenticate: () => (caller ??= authenticate(ctx, request.headers.authorization, arrival)),
  }
}
