import { setMaxListeners } from 'node:events'
import type { AnyTRPCRouter } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Refusal, toRefusal } from '../refusal.ts'
import type { HttpContext } from './http-context.ts'
import { retryAfterOf } from './problem.ts'
import { requestContextOf } from './request-context.ts'
import { checkQuery, decodeText } from './strict-json.ts'
import { noteFailure } from './trpc.ts'

type Options<Router extends AnyTRPCRouter> = FastifyTRPCPluginOptions<Router>

const maxBatchSize = 100

const responseMeta = ({ errors }: { errors: readonly Error[] }) => ({
  headers: retryAfterOf(errors.map((error) => toRefusal(error).retryAfterMs)),
})

/** `/trpc/*`: the typed API. */
export async function registerTrpcRoute<Router extends AnyTRPCRouter>(
  server: FastifyInstance,
  ctx: HttpContext,
  router: Router,
): Promise<void> {
  const createContext = ({ req }: { req: FastifyRequest }) => requestContextOf(ctx, req)
  const refused = new WeakMap<FastifyRequest, Refusal>()
  const onError = ({ error, path, req }: { error: Error; path: string | undefined; req: FastifyRequest }) => {
    refused.set(req, toRefusal(error))
    noteFailure(ctx, { error, path, log: req.log })
  }
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // One for each open stream.
  server.addHook('preClose', async () => closing.abort())
  await server.register(
    async (scope) => {
      scope.addHook('onRequest', async (request) => checkQuery(request.url))
      // tRPC gives Fastify a web Response.
      scope.addHook('onSend', async (request, _reply, payload) => {
        if (!(payload instanceof Response)) return payload
        if (!payload.headers.get('content-type')?.startsWith('text/event-stream')) return payload
        const refusal = refused.get(request)
        return refusal?.reason === 'RATE_LIMITED'
          ? refuseStream(payload, refusal)
          : reconnectSoon(payload, closing.signal)
      })
      const options = { router, maxBatchSize, createContext, onError, responseMeta }
      const trpcOptions = options as Options<Router>['trpcOptions']
      fastifyTRPCPlugin(scope, { trpcOptions }, () => {})
      // tRPC parses the text. The plugin's own parser would replace bytes that are not UTF-8.
      scope.removeContentTypeParser('application/json')
      scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
        decodeText(body),
      )
    },
    { prefix: '/trpc' },
  )
}

/** tRPC answers 200 and sends the refusal as an event, so that its reader would reconnect at once. */
function refuseStream({ body, headers }: Response, { status, retryAfterMs }: Refusal): Response {
  return new Response(body, { status, headers: { ...Object.fromEntries(headers), ...retryAfterOf([retryAfterMs]) } })
}

/**
 * Makes the browser reconnect a broken stream after a quarter of a second: tRPC sends no `retry`, and without it an EventSource
 * waits three seconds.
 * @param closing ends the stream without tRPC's last event, so that its reader reconnects to another replica
 */
export function reconnectSoon(response: Response, closing: AbortSignal): Response {
  if (!response.body) return response
  let end = () => {}
  const hint = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('retry: 250\n\n'))
      end = () => controller.terminate()
      if (closing.aborted) end()
      else closing.addEventListener('abort', end, { once: true })
    },
  })
  const forget = () => closing.removeEventListener('abort', end)
  response.body.pipeTo(hint.writable).then(forget, forget) // Rejects when the reader leaves, and at the end.
  return new Response(hint.readable, { status: response.status, headers: response.headers })
}
