import type { AnyTRPCRouter } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance } from 'fastify'
import type { Authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import { toRefusal } from '../refusal.ts'
import { retrySoon } from './retry-soon.ts'
import type { RequestContext } from './trpc.ts'

const maxBatchSize = 100

/** `/trpc/*`: the typed API. */
export async function registerTrpcRoute<Router extends AnyTRPCRouter>(
  server: FastifyInstance,
  { router, authenticate, clock }: { router: Router; authenticate: Authenticate; clock: Clock },
): Promise<void> {
  await server.register(async (scope) => {
    // tRPC hands Fastify a web Response.
    scope.addHook('onSend', async (_request, _reply, payload) =>
      payload instanceof Response && payload.headers.get('content-type')?.startsWith('text/event-stream')
        ? retrySoon(payload)
        : payload,
    )
    await scope.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: {
        router,
        maxBatchSize,
        createContext: ({ req }): RequestContext => {
          const arrivedAtMs = clock.monotonicMs()
          let caller: Promise<Caller> | undefined // One look-up for all procedures of a batch.
          const once = () => (caller ??= authenticate(req.headers.authorization, { arrivedAtMs, address: req.ip }))
          return { requestId: req.id, authenticate: once }
        },
        onError: ({ error, path, req }) => {
          const { status, reason } = toRefusal(error)
          if (status >= 500) req.log.error({ err: error, reason, path }, 'procedure failed')
        },
      } as FastifyTRPCPluginOptions<Router>['trpcOptions'],
    })
  })
}
