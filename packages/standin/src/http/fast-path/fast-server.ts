import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { FastifyServerOptions } from 'fastify'
import type { AccessContext } from '../../access/access-context.ts'
import { type Admit, recognise } from '../../access/authenticate.ts'
import type { Logger } from '../../observability/logger.ts'
import { toRefusal } from '../../refusal.ts'
import type { Admission } from '../admission.ts'
import { overloadAnswer } from '../overload-answer.ts'
import { type HttpAnswer, headersOf, logFailure, problemOf } from '../problem.ts'

/** JSON that a known service posted. */
export interface FastRequest {
  id: () => string
  url: string
  body: string
  log: Pick<Logger, 'debug' | 'warn' | 'error'>
  /** Admits the caller, and counts this many calls. */
  authenticate: Admit
}

export interface FastRoute {
  /** As it is registered with Fastify: for the log. */
  route: string
  takes: (url: string) => boolean
  /** @returns undefined for a request that it leaves to Fastify, before doing anything. A rejection becomes a problem. */
  answer: (request: FastRequest) => Promise<HttpAnswer> | undefined
}

/** What the head of a request asks for. */
interface Asked {
  route: FastRoute
  url: string
  authenticate: Admit
}

type ServerFactory = NonNullable<FastifyServerOptions['serverFactory']>

/**
 * Fastify's `serverFactory`: answers the few requests that services send all day before Fastify sees them, since its logger,
 * hooks and parsers cost more than the rest of such a request (`bench/README.md`, row `POST /v1/token`). Browsers, unknown keys
 * and everything unusual go to Fastify. A test compares both ways.
 * @see https://fastify.dev/docs/latest/Reference/Server/#serverfactory
 */
export const createFastServer =
  (ctx: AccessContext, routes: readonly FastRoute[], admission: Admission): ServerFactory =>
  (
    viaFastify,
    { http, keepAliveTimeout = 0, requestTimeout = 0, connectionTimeout = 0 }: FastifyServerOptions & { http?: object },
  ): Server => {
    const server = createServer({ ...http }, (request, response) => {
      const asked = askedOf(ctx, routes, request)
      const { url = '', headers } = request
      if (!admission.admits(request))
        return send(response, overloadAnswer(ctx, { url, origin: headers.origin }, admission.retryAfterMs()))
      admission.follow(request, response)
      if (!asked) return viaFastify(request, response)
      readBody(request, (body, putBack) => {
        const answer = answerTo(ctx, asked, body)
        if (answer) return void answer.then((known) => send(response, known))
        putBack()
        viaFastify(request, response)
      })
    })
    // Fastify sets these only on servers that it creates.
    server.keepAliveTimeout = keepAliveTimeout
    server.requestTimeout = requestTimeout
    server.setTimeout(connectionTimeout)
    return server
  }

/** Undefined for a request that Fastify answers. */
function askedOf(ctx: AccessContext, routes: readonly FastRoute[], request: IncomingMessage): Asked | undefined {
  const { url = '', headers } = request
  const route = isUsual(request) ? routes.find(({ takes }) => takes(url)) : undefined
  const authenticate = route && recognise(ctx, headers.authorization)
  return authenticate && { route, url, authenticate }
}

/** @returns an answer that never rejects; undefined for a request that Fastify answers */
function answerTo(
  ctx: AccessContext,
  { route, url, authenticate }: Asked,
  body: Buffer,
): Promise<HttpAnswer> | undefined {
  if (!isUtf8(body)) return undefined
  const startedAtMs = performance.now()
  let given: string | undefined
  const id = () => (given ??= randomUUID())
  const log: FastRequest['log'] = {
    debug: (fields: object, text?: string) => ctx.log.debug({ reqId: id(), ...fields }, text),
    warn: (fields: object, text?: string) => ctx.log.warn({ reqId: id(), ...fields }, text),
    error: (fields: object, text?: string) => ctx.log.error({ reqId: id(), ...fields }, text),
  }
  const noted = (answer: HttpAnswer): HttpAnswer => {
    const ms = Math.round(performance.now() - startedAtMs)
    if (ctx.log.isLevelEnabled('info'))
      ctx.log.info({ reqId: id(), method: 'POST', route: route.route, status: answer.status, ms }, 'request')
    return answer
  }
  return route.answer({ id, url, body: body.toString(), log, authenticate })?.then(noted, (error: unknown) => {
    logFailure(log, error)
    ctx.metrics.countRefusal({ route: route.route, reason: toRefusal(error).reason })
    return noted(problemOf(error, id()))
  })
}

/** A small, whole JSON body that no browser sent. */
function isUsual({ method, headers }: IncomingMessage): boolean {
  const bytes = Number(headers['content-length'])
  return (
    method === 'POST' &&
    headers['content-type'] === 'application/json' &&
    bytes > 0 &&
    bytes <= maxBodyBytes &&
    headers.origin === undefined &&
    headers.expect === undefined &&
    headers['trpc-accept'] === undefined &&
    headers['content-encoding'] === undefined
  )
}

/** @param then gets the body, and a function that puts it back for Fastify to read */
function readBody(request: IncomingMessage, then: (body: Buffer, putBack: () => void) => void): void {
  const awaitedBytes = Number(request.headers['content-length'])
  let read: Buffer = Buffer.alloc(0)
  const onData = (piece: Buffer) => {
    read = read.length === 0 ? piece : Buffer.concat([read, piece])
    if (read.length < awaitedBytes) return
    then(read, () => {
      request.pause()
      request.off('data', onData)
      request.unshift(read)
    })
  }
  request.on('data', onData)
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, headersOf(answer))
  response.end(answer.body)
}

/** The most bytes of a request's body, on either path. */
export const maxBodyBytes = 64 * 1024
