import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import type { ReceiveCallback } from './receive-callback.ts'
import type { CountRejection } from './rejected/count-rejections.ts'

const maxBodyBytes = 16 * 1024
const otherMethods = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

interface Dependencies {
  receiveCallback: ReceiveCallback
  clock: Clock
  /** None: the path has no secret. */
  pathSecrets: readonly Secret[]
  rejected: CountRejection
}

/**
 * `POST /trackunit/callback[/<secret>]`: bounds before any work, then one function. A wrong path is a plain 404,
 * whatever came there; what was genuine is kept by that function all the same.
 */
export async function registerCallbackRoute(
  server: FastifyInstance,
  { receiveCallback, clock, pathSecrets, rejected }: Dependencies,
): Promise<void> {
  await server.register(async (scope) => {
    const isRightPath = (request: FastifyRequest) => {
      const { secret, '*': deeper } = request.params as { secret?: string; '*'?: string }
      if (deeper !== undefined) return false
      return pathSecrets.length === 0 ? secret === undefined : isPathSecret(secret ?? '', pathSecrets)
    }
    const refusalOf = (request: FastifyRequest) => {
      if (!isRightPath(request)) return 'NOT_FOUND'
      return isJson(request.headers['content-type']) ? undefined : 'UNSUPPORTED_MEDIA_TYPE'
    }
    // Bytes: the body is read as it came, once it is known who sent it.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', async (request) => {
      const hasIdentity = identityHeader(request) !== undefined
      if (!isRightPath(request)) {
        if (hasIdentity) return // Its body is read: what is genuine is kept.
        throw new StandinError('NOT_FOUND')
      }
      if (request.method !== 'POST') throw new StandinError('METHOD_NOT_ALLOWED')
      if (!hasIdentity) throw new StandinError('IDENTITY_MISSING')
      // A compressed body is not even read; one under another name may be a callback still.
      if (request.headers['content-encoding'] !== undefined) throw new StandinError('UNSUPPORTED_MEDIA_TYPE')
    })
    scope.setErrorHandler((error, request, reply) => {
      const { reason } = toRefusal(error)
      const mediaType = request.headers['content-type']
      const bodyBytes = Buffer.isBuffer(request.body) ? request.body.byteLength : undefined
      rejected({ reason, address: request.ip, mediaType, bodyBytes, jwt: identityHeader(request) })
      if (!isRightPath(request)) throw new StandinError('NOT_FOUND', { cause: error })
      if (reason === 'METHOD_NOT_ALLOWED') void reply.header('allow', 'POST')
      throw error
    })

    for (const url of ['/trackunit/callback', '/trackunit/callback/:secret', '/trackunit/callback/:secret/*']) {
      scope.post(url, { bodyLimit: maxBodyBytes }, async (request, reply) => {
        const { status, accountId } = await receiveCallback({
          identity: identityHeader(request),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          arrivedAtMs: clock.monotonicMs(), // After the body: a key set fetched later was fetched after this request.
          address: request.ip,
          refusedAs: refusalOf(request),
        })
        request.log.info({ status, accountId }, 'callback')
        return reply.header('cache-control', 'no-store').send({ status })
      })
      scope.route({
        url,
        method: otherMethods,
        handler: () => {
          throw new StandinError('NOT_FOUND')
        },
      })
    }
  })
}

/** Two such headers arrive as one, joined by a comma, which no JWT has: which of them was meant is not for us to guess. */
function identityHeader(request: FastifyRequest): string | undefined {
  const header = request.headers['trackunit-identity']
  return typeof header === 'string' && header !== '' ? header : undefined
}

/** With or without a `charset`, which can only be UTF-8. */
const isJson = (mediaType = '') => /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i.test(mediaType.trim())

/** Compared by digest, all of them, so that the time tells nothing. */
function isPathSecret(presented: string, secrets: readonly Secret[]): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const matches = secrets.map((secret) => timingSafeEqual(digest(presented), digest(secret.reveal())))
  return matches.includes(true)
}
