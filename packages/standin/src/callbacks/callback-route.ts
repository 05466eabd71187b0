import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Secret } from '../config/secret.ts'
import type { DatabaseWatch } from '../database/database-watch.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import type { CallbacksContext } from './callbacks-context.ts'
import { receiveCallback } from './receive-callback.ts'
import { countRejection } from './rejected/count-rejections.ts'

const maxBodyBytes = 16 * 1024
const paths = ['/trackunit/callback', '/trackunit/callback/:secret', '/trackunit/callback/:secret/*']
/** After this, the watch checks whether the database still commits. If not, it ends the statements that wait for it. */
const slowAfterMs = 1_000
const otherMethods = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

type WatchedContext = CallbacksContext & { watch: Pick<DatabaseWatch, 'trouble' | 'suspect'> }

/**
 * `POST /trackunit/callback[/<secret>]`: cheap checks first, then `receiveCallback`. A wrong path is always answered with
 * the same 404, but a genuine callback that was sent there is held.
 */
export async function registerCallbackRoute(server: FastifyInstance, ctx: WatchedContext): Promise<void> {
  const { pathSecrets } = ctx.config.callback
  await server.register(async (scope) => {
    // As bytes: the body is parsed only after its sender is verified.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', async (request) => checkHeaders(request, pathSecrets))
    scope.setErrorHandler<FastifyError>((error, request, reply) => refuse(ctx, error, request, reply))
    for (const url of paths) {
      scope.post(url, { bodyLimit: maxBodyBytes }, (request, reply) => receive(ctx, request, reply))
      scope.route({ url, method: otherMethods, handler: refuseOtherMethod })
    }
  })
}

/** @throws StandinError for what is refused before its body is read */
function checkHeaders(request: FastifyRequest, pathSecrets: readonly Secret[]): void {
  const hasIdentity = identityHeader(request) !== undefined
  if (!isRightPath(request, pathSecrets)) {
    if (hasIdentity) return // Its body is read: if it is genuine, it is held.
    throw new StandinError('NOT_FOUND')
  }
  if (request.method !== 'POST') throw new StandinError('METHOD_NOT_ALLOWED')
  if (!hasIdentity) throw new StandinError('IDENTITY_MISSING')
  // A compressed body is never read; one with a wrong media type may be a genuine callback.
  if (request.headers['content-encoding'] !== undefined) throw new StandinError('UNSUPPORTED_MEDIA_TYPE')
}

async function receive(ctx: WatchedContext, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  // A commit that only takes long may still come, and Trackunit may not send a callback again.
  const trouble = ctx.watch.trouble()
  if (trouble && trouble !== 'not-committing') throw new StandinError('STORAGE_UNAVAILABLE')
  const slow = setTimeout(() => void ctx.watch.suspect(), slowAfterMs)
  const receiving = receiveCallback(ctx, {
    identity: identityHeader(request),
    body: bodyOf(request) ?? Buffer.alloc(0),
    arrivedAtMs: ctx.clock.monotonicMs(), // After the body: a key set fetched later was fetched after this request.
    address: request.ip,
    refusedAs: refusalOf(request, ctx.config.callback.pathSecrets),
  })
  const { status, accountId } = await receiving.finally(() => clearTimeout(slow))
  request.log.info({ status, accountId }, 'callback')
  return reply.header('cache-control', 'no-store').send({ status })
}

function refusalOf(request: FastifyRequest, pathSecrets: readonly Secret[]) {
  if (!isRightPath(request, pathSecrets)) return 'NOT_FOUND'
  return isJson(request.headers['content-type']) ? undefined : 'UNSUPPORTED_MEDIA_TYPE'
}

/** Only reached on a wrong path: on the right one `checkHeaders` has refused the request. */
function refuseOtherMethod(): never {
  throw new StandinError('NOT_FOUND')
}

/** Counts the refusal, and hides the reason on a wrong path. */
function refuse(ctx: WatchedContext, error: Error, request: FastifyRequest, reply: FastifyReply): never {
  const { reason } = toRefusal(error)
  if (reason === 'STORAGE_UNAVAILABLE') void ctx.watch.suspect(error)
  countRejection(ctx, {
    reason,
    address: request.ip,
    jwt: identityHeader(request),
    mediaType: request.headers['content-type'],
    bodyBytes: bodyOf(request)?.byteLength,
  })
  if (!isRightPath(request, ctx.config.callback.pathSecrets)) throw new StandinError('NOT_FOUND', { cause: error })
  if (reason === 'METHOD_NOT_ALLOWED') void reply.header('allow', 'POST')
  throw error
}

const bodyOf = ({ body }: FastifyRequest) => (Buffer.isBuffer(body) ? body : undefined)

/** Two such headers arrive as one, joined by a comma, which no JWT contains: it is refused as invalid. */
function identityHeader(request: FastifyRequest): string | undefined {
  const header = request.headers['trackunit-identity']
  return typeof header === 'string' && header !== '' ? header : undefined
}

/** With or without a `charset`, which can only be UTF-8. */
const isJson = (mediaType = '') => /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i.test(mediaType.trim())

/** @param pathSecrets empty if the path has no secret */
function isRightPath(request: FastifyRequest, pathSecrets: readonly Secret[]): boolean {
  const { secret, '*': deeper } = request.params as { secret?: string; '*'?: string }
  if (deeper !== undefined) return false
  return pathSecrets.length === 0 ? secret === undefined : isPathSecret(secret ?? '', pathSecrets)
}

/** Compares digests, and always all of them, so that the time it takes reveals nothing. */
function isPathSecret(presented: string, secrets: readonly Secret[]): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const matches = secrets.map((secret) => timingSafeEqual(digest(presented), digest(secret.reveal())))
  return matches.includes(true)
}
