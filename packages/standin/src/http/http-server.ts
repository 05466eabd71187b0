import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import type { ErrorReason } from '@standin/contracts'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import type { Config } from '../config.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { answerMalformedRequest } from './malformed-request.ts'

const maxBodyBytes = 64 * 1024
/** A batch of procedures stands in the path: at the default of 100 it would be a 404. */
const maxParamLength = 5_000

/** Told of each request that a route refused. */
export type OnRefused = (refused: { route: string; reason: ErrorReason }) => void

/** Fastify with what holds for every route: bounds, time-outs, CORS, one form of error, one line of log without the URL. */
export async function createHttpServer(
  { trustProxy, appOrigins }: Config['http'],
  log: Logger,
  { onRefused = () => {} }: { onRefused?: OnRefused } = {},
): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: maxBodyBytes,
    // A request that comes drop by drop holds nothing for long; Node looks that often.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    requestTimeout: 30_000,
    clientErrorHandler: answerMalformedRequest,
    connectionTimeout: 60_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true, // Open streams would hold up the end.
    trustProxy,
    routerOptions: { maxParamLength },
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    // Before any route is found. Fastify's own answer would repeat the URL.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, error),
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
    const { status, reason } = toRefusal(error)
    // Decided so, as while keys cannot be had: that needs no stack, and anybody can cause it again and again.
    if (status === 503 && error instanceof StandinError && !error.cause) request.log.warn({ reason }, 'request refused')
    else if (status >= 500) request.log.error({ err: error, reason }, 'request failed')
    onRefused({ route: request.routeOptions.url ?? 'none', reason })
    return sendProblem(reply, error)
  })
  server.setNotFoundHandler((_request, reply) => {
    onRefused({ route: 'none', reason: 'NOT_FOUND' })
    return sendProblem(reply, Object.assign(new Error(), { code: 'NOT_FOUND' }))
  })

  await server.register(cors, {
    origin: [...appOrigins],
    credentials: false,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'last-event-id', 'trpc-accept'],
    maxAge: 600,
  })
  return server
}

/** Answers with what may be said of an error. @see RFC 9457 */
function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { reason, status, message, retryAfterMs, issues } = toRefusal(error)
  if (retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(retryAfterMs / 1_000))
  const problem = {
    type: 'about:blank',
    title: reason,
    status,
    detail: message,
    reason,
    requestId: reply.request.id,
    retryAfterMs,
    issues,
  }
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}
