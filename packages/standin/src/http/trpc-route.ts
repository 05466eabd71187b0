import type { AnyTRPCRouter } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import { toRefusal } from '../refusal.ts'
import type { OnRefused } from './http-server.ts'
import { answerPlainCall, understandPlainCall } from './plain-call.ts'
import { retrySoon } from './retry-soon.ts'
import type { RequestContext } from './trpc.ts'

const maxBatchSize = 100

interface Served<Router extends AnyTRPCRouter> {
  router: Router
  authenticate: Authenticate
  clock: Clock
  onRefused?: OnRefused
}

/** `/trpc/*`: the typed API. */
export async function registerTrpcRoute<Router extends AnyTRPCRouter>(
  server: FastifyInstance,
  { router, authenticate, clock, onRefused = () => {} }: Served<Router>,
): Promise<void> {
  const createContext = ({ req }: { req: FastifyRequest }): RequestContext => {
    const arrivedAtMs = clock.monotonicMs()
    let caller: Promise<Caller> | undefined // One look-up for all procedures of a batch.
    const once = () => (caller ??= authenticate(req.headers.authorization, { arrivedAtMs, address: req.ip }))
    return { requestId: req.id, authenticate: once }
  }
  const onError = ({ error, path, req }: { error: Error; path: string | undefined; req: FastifyRequest }) => {
    const { status, reason } = toRefusal(error)
    onRefused({ route: '/trpc', reason })
    if (status >= 500) req.log.error({ err: error, reason, path }, 'procedure failed')
  }
  await server.register(async (scope) => {
    // What nearly every request is costs a fifth of what tRPC's own handler costs, which makes a web Request and a
    // streamed Response of each: that one answers the rest, and decides how it looks.
    scope.addHook('preHandler', async (req, reply) => {
      const call = understandPlainCall(req, { router, maxBatchSize })
      if (!call) return
      const ctx = createContext({ req })
      const { status, body } = await answerPlainCall(call, {
        ...{ router, ctx },
        onError: (failed) => onError({ ...failed, req }),
      })
      return reply.code(status).header('vary', 'trpc-accept, accept').type('application/json').send(body)
    })
    // tRPC hands Fastify a web Response.
    scope.addHook('onSend', async (_request, _reply, payload) =>
      payload instanceof Response && payload.headers.get('content-type')?.startsWith('text/event-stream')
        ? retrySoon(payload)
        : payload,
    )
    await scope.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: { router, maxBatchSize, createContext, onError } as FastifyTRPCPluginOptions<Router>['trpcOptions'],
    })
  })
}
