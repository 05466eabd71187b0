import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Recognise } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { maxBodyBytes } from './http-server.ts'
import { type HttpAnswer, logFailure, type OnRefused, problemOf } from './problem.ts'

/** JSON that a service posts. */
export interface DirectRequest {
  id: string
  url: string
  headers: IncomingHttpHeaders
  body: string
  log: Pick<Logger, 'warn' | 'error'>
  authenticate: () => Promise<Caller>
}

export interface DirectRoute {
  /** As it is registered with Fastify: for the log. */
  route: string
  takes: (url: string) => boolean
  /** @returns undefined for what it leaves to Fastify; nothing was done then. What it rejects with becomes a problem. */
  answer: (request: DirectRequest) => Promise<HttpAnswer> | undefined
}

interface Given {
  routes: readonly DirectRoute[]
  recognise: Recognise
  log: Logger
  onRefused: OnRefused
}

/**
 * Answers what services post all day straight from Node's server. Fastify's logger, hooks and parsers cost more than all
 * the rest of such a request; everything else is theirs: browsers, strangers, whatever looks unusual. Both ways answer
 * alike, which a test compares.
 */
export function serveDirectly(server: FastifyInstance, { routes, recognise, log, onRefused }: Given): void {
  const http = server.server as Server
  const viaFastify = http.listeners('request') as Array<(request: IncomingMessage, response: ServerResponse) => void>
  http.removeAllListeners('request')
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const leave = () => {
      for (const listener of viaFastify) listener(request, response)
    }
    const { url = '', headers } = request
    const route = isUsual(request) ? routes.find(({ takes }) => takes(url)) : undefined
    const authenticate = route && recognise(headers.authorization)
    if (!route || !authenticate) return leave()

    const startedAtMs = performance.now()
    readBody(request, (body, unread) => {
      const id = randomUUID()
      const ofRequest = { reqId: id }
      const lines: DirectRequest['log'] = {
        warn: (fields: object, text?: string) => log.warn({ ...ofRequest, ...fields }, text),
        error: (fields: object, text?: string) => log.error({ ...ofRequest, ...fields }, text),
      }
      const answering = route.answer({ id, url, headers, body, log: lines, authenticate })
      if (!answering) {
        unread()
        return leave()
      }
      void answering.catch(refused).then((answer) => {
        send(response, answer)
        const ms = Math.round(performance.now() - startedAtMs)
        if (log.isLevelEnabled('info'))
          log.info({ ...ofRequest, method: 'POST', route: route.route, status: answer.status, ms }, 'request')
      })

      function refused(error: unknown): HttpAnswer {
        logFailure(lines, error)
        onRefused({ route: route?.route ?? 'none', reason: toRefusal(error).reason })
        return problemOf(error, id)
      }
    })
  })
}

/** A body of JSON, whole and small, that no browser sent. */
function isUsual({ method, headers }: IncomingMessage): boolean {
  const bytes = Number(headers['content-length'])
  return (
    method === 'POST' &&
    headers['content-type'] === 'application/json' &&
    bytes > 0 &&
    bytes <= maxBodyBytes &&
    headers.origin === undefined &&
    headers.expect === undefined &&
    headers['content-encoding'] === undefined
  )
}

/** @param then is told the text, and how to put it back for somebody else to read */
function readBody(request: IncomingMessage, then: (body: string, unread: () => void) => void): void {
  const awaitedBytes = Number(request.headers['content-length'])
  let read: Buffer = Buffer.alloc(0)
  const onData = (piece: Buffer) => {
    read = read.length === 0 ? piece : Buffer.concat([read, piece])
    if (read.length < awaitedBytes) return
    then(read.toString(), () => {
      request.pause()
      request.off('data', onData)
      request.unshift(read)
    })
  }
  request.on('data', onData)
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { vary: 'Origin', ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
