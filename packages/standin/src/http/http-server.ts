import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import type { AccessContext } from '../access/access-context.ts'
import { observeForwarding } from '../access/observe-forwarding.ts'
import { toRefusal } from '../refusal.ts'
import { createAdmission } from './admission.ts'
import { createFastServer, type FastRoute, maxBodyBytes } from './fast-path/fast-server.ts'
import { answerMalformedRequest } from './malformed-request.ts'
import { logFailure, problemOf } from './problem.ts'
import { parseJson } from './strict-json.ts'
import { traceRequests } from './trace-requests.ts'

/** The path names all procedures of a batch: with the default of 100 characters, long ones would get a 404. */
const maxParamLength = 5_000

/**
 * Longer than a balancer keeps an idle connection: usually a minute. A server that closes one first can do so just as a request
 * arrives on it, and no balancer sends a POST, such as a callback, a second time.
 */
const keepAliveTimeoutMs = 75_000

/**
 * Fastify with what all routes share: limits, time-outs, CORS, one form of error, one log line without the URL.
 * @param fastRoutes routes that are answered before Fastify sees them
 */
export async function createHttpServer(
  ctx: AccessContext,
  fastRoutes: readonly FastRoute[] = [],
  { askDatabase }: { askDatabase?: () => Promise<unknown> } = {},
): Promise<FastifyInstance> {
  const { log, metrics } = ctx
  const { trustProxy, appOrigins } = ctx.config.http
  const server = Fastify({
    serverFactory: createFastServer(ctx, fastRoutes, createAdmission(ctx, askDatabase && { askDatabase })),
    bodyLimit: maxBodyBytes,
    // A request that trickles in is cut soon; Node checks this often.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    requestTimeout: 30_000,
    clientErrorHandler: answerMalformedRequest,
    connectionTimeout: 60_000,
    keepAliveTimeout: keepAliveTimeoutMs,
    // `drainHttp` closes idle connections itself, and still serves requests that arrive on others.
    forceCloseConnections: false,
    return503OnClosing: false,
    trustProxy,
    routerOptions: { maxParamLength },
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    // Errors before a route is found: Fastify's own answer would repeat the URL.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, error),
  })

  server.removeContentTypeParser('application/json')
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    parseJson(body),
  )

  server.addHook('onRequest', (request, _reply, done) => {
    if (!request.url.startsWith('/health')) observeForwarding(ctx, request)
    done()
  })
  // The route, never the URL: a URL can hold the callback's path secret, or a download link.
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    if (route.startsWith('/health')) return
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    )
  })
  server.setErrorHandler((error, request, reply) => {
    logFailure(request.log, error)
    metrics.countRefusal({ route: request.routeOptions.url ?? 'none', reason: toRefusal(error).reason })
    return sendProblem(reply, error)
  })
  server.setNotFoundHandler((_request, reply) => {
    metrics.countRefusal({ route: 'none', reason: 'NOT_FOUND' })
    return sendProblem(reply, Object.assign(new Error(), { code: 'NOT_FOUND' }))
  })

  await server.register(cors, {
    origin: [...appOrigins],
    credentials: false,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'last-event-id', 'trpc-accept'],
    maxAge: 600,
  })
  if (ctx.config.traces) traceRequests(server)
  return server
}

function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, headers, body } = problemOf(error, reply.request.id)
  return reply.code(status).headers(headers).send(body)
}
