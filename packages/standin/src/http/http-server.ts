import { randomUUID } from 'node:crypto'
import cors from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import type { Config } from '../config/config.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { answerMalformedRequest } from './malformed-request.ts'
import { logFailure, type OnRefused, problemOf } from './problem.ts'

export const maxBodyBytes = 64 * 1024
/** A batch of procedures stands in the path: at the default of 100 it would be a 404. */
const maxParamLength = 5_000

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
    logFailure(request.log, error)
    onRefused({ route: request.routeOptions.url ?? 'none', reason: toRefusal(error).reason })
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

function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, headers, body } = problemOf(error, reply.request.id)
  return reply.code(status).headers(headers).send(body)
}
