import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Secret } from '../observability/secret.ts'
import { StandinError } from '../standin-error.ts'
import type { ReceiveCallback } from './receive-callback.ts'

const maxBodyBytes = 16 * 1024

interface Dependencies {
  receiveCallback: ReceiveCallback
  clock: Clock
  /** None: the path has no secret. */
  pathSecrets: readonly Secret[]
}

/** `POST /trackunit/callback[/<secret>]`: bounds before any work, then one function. */
export async function registerCallbackRoute(
  server: FastifyInstance,
  { receiveCallback, clock, pathSecrets }: Dependencies,
): Promise<void> {
  await server.register(async (scope) => {
    // The parser of its own refuses `__proto__` and `constructor`, bytes that are no UTF-8, and anything that is not JSON.
    scope.removeAllContentTypeParsers()
    const parseJson = scope.getDefaultJsonParser('error', 'error')
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      const text = decodeUtf8(body)
      if (text === undefined) return done(new StandinError('CALLBACK_MALFORMED'))
      void parseJson(request, text, (error, parsed) =>
        error ? done(new StandinError('CALLBACK_MALFORMED')) : done(null, parsed),
      )
    })
    scope.addHook('onRequest', async (request) => {
      if (request.headers['content-encoding'] !== undefined) throw new StandinError('UNSUPPORTED_MEDIA_TYPE')
    })

    const path = pathSecrets.length > 0 ? '/trackunit/callback/:secret' : '/trackunit/callback'
    scope.post<{ Params: { secret?: string } }>(path, { bodyLimit: maxBodyBytes }, async (request, reply) => {
      const arrivedAtMs = clock.monotonicMs() // After the body: a key set fetched later was fetched after this request.
      if (pathSecrets.length > 0 && !isPathSecret(request.params.secret ?? '', pathSecrets))
        throw new StandinError('NOT_FOUND')
      const { status, accountId } = await receiveCallback({
        identity: identityHeader(request),
        body: request.body,
        arrivedAtMs,
      })
      request.log.info({ status, accountId }, 'callback')
      return reply.header('cache-control', 'no-store').send({ status })
    })
  })
}

/** Two such headers arrive as one, joined by a comma, which no JWT has: which of them was meant is not for us to guess. */
function identityHeader(request: FastifyRequest): string | undefined {
  const header = request.headers['trackunit-identity']
  return typeof header === 'string' && header !== '' ? header : undefined
}

function decodeUtf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return undefined
  }
}

/** Compared by digest, all of them, so that the time tells nothing. */
function isPathSecret(presented: string, secrets: readonly Secret[]): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const matches = secrets.map((secret) => timingSafeEqual(digest(presented), digest(secret.reveal())))
  return matches.includes(true)
}
