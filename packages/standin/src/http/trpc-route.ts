import type { AnyTRPCRouter } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import { toRefusal } from '../refusal.ts'
import type { DirectRoute } from './direct-requests.ts'
import { answerPlainCall, understandPlainCall } from './plain-call.ts'
import type { OnRefused } from './problem.ts'
import { retrySoon } from './retry-soon.ts'
import type { RequestContext } from './trpc.ts'

const maxBatchSize = 100
const headers = { vary: 'trpc-accept, accept', 'content-type': 'application/json; charset=utf-8' }

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
  const onError = ({ error, path, req }: { error: Error; path: string | undefined; req: FastifyRequest }) =>
    noteFailure({ error, path, onRefused, log: req.log })
  await server.register(async (scope) => {
    // What nearly every request is costs a fifth of what tRPC's own handler costs, which makes a web Request and a
    // streamed Response of each: that one answers the rest, and decides how it looks.
    scope.addHook('preHandler', async (req, reply) => {
      const { path } = req.params as { path: string }
      const { method, url, headers: given, body: text } = req
      const call = understandPlainCall({ method, url, headers: given, path, body: text }, { router, maxBatchSize })
      if (!call) return
      const ctx = createContext({ req })
      const { status, body } = await answerPlainCall(call, {
        ...{ router, ctx },
        onError: (failed) => onError({ ...failed, req }),
      })
      return reply.code(status).headers(headers).send(body)
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

/** The same, for what `serveDirectly` takes. */
export function directTrpcRoute({
  router,
  onRefused = () => {},
}: Pick<Served<AnyTRPCRouter>, 'router' | 'onRefused'>): DirectRoute {
  return {
    route: '/trpc/:path',
    takes: (url) => url.startsWith('/trpc/') && !url.includes('%'),
    answer({ id, url, headers: given, body, log, authenticate }) {
      const path = url.slice('/trpc/'.length).split('?', 1)[0] ?? ''
      const call = understandPlainCall({ method: 'POST', url, headers: given, path, body }, { router, maxBatchSize })
      if (!call) return undefined
      let caller: Promise<Caller> | undefined // One look-up for all procedures of a batch.
      const ctx = { requestId: id, authenticate: () => (caller ??= authenticate()) }
      const onError = (failed: { error: Error; path: string }) => noteFailure({ ...failed, onRefused, log })
      return answerPlainCall(call, { router, ctx, onError }).then((answer) => ({ ...answer, headers }))
    },
  }
}

interface Failed {
  error: Error
  path: string | undefined
  onRefused: OnRefused
  log: Pick<FastifyBaseLogger, 'error'>
}

function noteFailure({ error, path, onRefused, log }: Failed): void {
  const { status, reason } = toRefusal(error)
  onRefused({ route: '/trpc', reason })
  if (status >= 500) log.error({ err: error, reason, path }, 'procedure failed')
}
