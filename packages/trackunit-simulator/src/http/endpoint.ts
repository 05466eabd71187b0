import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import type { Behaviour } from '../behaviour.ts'
import { type EndpointName, type Fault, type Faults, faultyAnswer, pause } from '../faults.ts'
import type { Journal } from '../journal.ts'
import type { Resets } from '../resets.ts'
import { answerMessage, operationOf, problemOf, requestMessage } from './exchange.ts'
import { managerNotFoundPage } from './not-found-page.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The endpoint of Trackunit that a route simulates: its requests are counted and checked, and it can have faults. */
    endpoint?: EndpointName
  }
  interface FastifyReply {
    /** The answer's subject, for the journal. Never a caller's text. */
    note: string
  }
}

type EndpointDependencies = {
  faults: Faults
  journal: Journal
  behaviour: Behaviour
  now: () => number
  resets: Resets
  /** The account of a client; null for a client that is gone. */
  accountOf: (clientId: string) => string | null
  stopped: AbortSignal
}

/** Requests that were in flight when a 429 was sent break no rule. */
const underWayMs = 2000

/** Counts and checks the requests to every endpoint of Trackunit, and lets faults answer in its place. */
export function observeEndpoints(
  app: FastifyInstance,
  { faults, journal, behaviour, now, resets, accountOf, stopped }: EndpointDependencies,
) {
  const toldToWait = new Map<string, { from: number; until: number }>()
  resets.add(() => toldToWait.clear())
  const answers = new WeakMap<FastifyRequest, string>()
  const accounts = new WeakMap<FastifyRequest, string | null>()
  app.decorateReply('note', '')

  app.addHook('preHandler', async (request, reply) => {
    const { endpoint } = request.routeOptions.config
    if (!endpoint) return

    const name = endpointLabel(request)
    journal.count(name)
    judgeUserAgent(request, { journal, name })
    if (request.query && Object.keys(request.query).some((key) => key === 'access_token' || key === 'token')) {
      journal.violation('secret-in-query', { endpoint: name, detail: 'A token stands in the address.' })
    }

    const client = callerOf(request)
    accounts.set(request, accountOf(client))
    const caller = `${endpoint} ${client}`
    const waiting = toldToWait.get(caller)
    if (waiting && now() < waiting.until && now() - waiting.from > underWayMs) {
      const detail = `Asked again ${waiting.until - now()} ms before Retry-After was over.`
      journal.violation('wait-after-rate-limit', { endpoint: name, detail })
    }

    if (behaviour.apiLatencyMs > 0 && (endpoint === 'graphql' || endpoint === 'rest')) {
      await pause(behaviour.apiLatencyMs, whenGone(reply, stopped))
    }
    const fault = faults.take(endpoint)
    if (!fault) return
    if (fault.partial) request.partialData = true
    if (fault.vanished) request.hasVanished = true
    if (fault.retryAfterS !== undefined) {
      toldToWait.set(caller, { from: now(), until: now() + fault.retryAfterS * 1000 })
    }
    return answerWithFault(request, reply, { endpoint, fault, stopped })
  })

  app.addHook('onSend', async (request, _reply, payload) => {
    if (typeof payload === 'string') answers.set(request, payload)
    return payload
  })

  app.addHook('onResponse', async (request, reply) => {
    const { endpoint } = request.routeOptions.config
    if (!endpoint) return
    const note = reply.note === '' ? '' : `, ${reply.note}`
    const body = answers.get(request) ?? null
    journal.saw({
      what: `${endpointLabel(request)}${note}`,
      status: reply.statusCode,
      accountId: accounts.get(request) ?? null,
      operation: operationOf(endpoint, request),
      problem: problemOf(body),
      tookMs: Math.round(reply.elapsedTime),
      request: requestMessage(request),
      answer: answerMessage(reply, body),
    })
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** A fault asks for some fields to fail. */
    partialData?: boolean
    /** A fault asks for assets that were deleted. */
    hasVanished?: boolean
  }
}

/** `POST /api/graphql/`: the method and the route, never the address as it was sent. */
export function endpointLabel(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? '(unknown)'}`
}

/** Aborted when the caller or the simulator has gone. Fastify's own signal also says so once a body was read. */
function whenGone(reply: FastifyReply, stopped: AbortSignal): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return AbortSignal.any([stopped, gone.signal])
}

type FaultyAnswer = { endpoint: EndpointName; fault: Fault; stopped: AbortSignal }

async function answerWithFault(
  request: FastifyRequest,
  reply: FastifyReply,
  { endpoint, fault, stopped }: FaultyAnswer,
) {
  reply.note = 'fault'
  if (fault.delayMs) await pause(fault.delayMs, whenGone(reply, stopped))
  if (fault.cut) {
    reply.hijack()
    request.raw.socket.destroy()
    return reply
  }
  if (fault.hang) {
    reply.hijack()
    return reply
  }

  const answer = faultyAnswer(fault)
  if (!answer) return
  if (answer.retryAfterS !== undefined) reply.header('retry-after', String(answer.retryAfterS))
  reply.code(answer.status)
  if (answer.body !== undefined) return reply.type(answer.contentType).send(answer.body)
  if (endpoint === 'graphql' && answer.status === 404) return reply.type('text/html').send(managerNotFoundPage)
  return reply.send(usualError(endpoint, answer.status))
}

/** [doc] What an error of this status looks like by default. */
function usualError(endpoint: EndpointName, status: number): object {
  if (endpoint === 'apptoken' && status === 401) {
    return { error: 'invalid_client', error_description: 'The client is unknown, or its secret is wrong.' }
  }
  if (endpoint === 'apptoken' && status === 400) {
    return { error: 'invalid_scope', error_description: 'A requested scope is not allowed for this client.' }
  }
  return { status, code: codes[status] ?? 'ERROR', message: 'A fault of the simulator.' }
}

const codes: Record<number, string> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
}

/** Names of HTTP libraries do not identify the app. */
const libraries = /^(node|undici|node-fetch|axios|got|jose|oauth4webapi|curl|wget|python-requests|okhttp)\b/i

function judgeUserAgent(request: FastifyRequest, { journal, name }: { journal: Journal; name: string }) {
  const userAgent = request.headers['user-agent'] ?? ''
  const namesAppAndVersion = /^[^\s/]+(\/[^\s/]+)*\/v?\d/.test(userAgent) && !libraries.test(userAgent)
  if (namesAppAndVersion) return
  journal.violation('user-agent-names-app-and-version', {
    endpoint: name,
    detail: userAgent === '' ? 'No User-Agent.' : 'The User-Agent does not name app and version.',
  })
}

/** The caller that a rate limit counts: the client in the token or in the form, unverified. */
function callerOf(request: FastifyRequest): string {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token) {
    try {
      return String(decodeJwt(token).cid)
    } catch {
      return ''
    }
  }
  return typeof request.body === 'string' ? (new URLSearchParams(request.body).get('client_id') ?? '') : ''
}
