import { lifecycleSignalSchema } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../clock.ts'
import type { Logger } from '../observability/logger.ts'
import { StandinError } from '../standin-error.ts'
import type { SignalLifecycle } from './signal-lifecycle.ts'

const maxBodyBytes = 4 * 1024
const sayEveryMs = 60_000

interface Dependencies {
  clock: Clock
  log: Logger
  /** Undefined: no token can be verified. @throws StandinError `UNAUTHENTICATED`, or `KEYS_UNAVAILABLE` */
  verifyAppToken: ((token: string, arrivedAtMs: number) => Promise<{ accountId: string }>) | undefined
  signalLifecycle: SignalLifecycle
}

/** `POST /trackunit/lifecycle`: what the app's lifecycle extension says, with its app token. Nobody else is believed, and who is not is counted. */
export function registerLifecycleRoute(
  server: FastifyInstance,
  { clock, log, verifyAppToken, signalLifecycle }: Dependencies,
): void {
  const countRefused = createRefusalCount({ clock, log })

  server.post('/trackunit/lifecycle', { bodyLimit: maxBodyBytes }, async (request, reply) => {
    const arrivedAtMs = clock.monotonicMs()
    const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
    try {
      if (!token || !verifyAppToken) throw new StandinError('UNAUTHENTICATED')
      const { accountId } = await verifyAppToken(token, arrivedAtMs)
      const signal = lifecycleSignalSchema.parse(request.body)
      if (signal.accountId !== undefined && signal.accountId !== accountId) throw new StandinError('ACCOUNT_FORBIDDEN')
      const status = await signalLifecycle({ accountId, type: signal.type })
      request.log.info({ status, accountId, type: signal.type }, 'lifecycle signal')
      return reply.header('cache-control', 'no-store').send({ status })
    } catch (error) {
      if (error instanceof StandinError) countRefused(error.reason)
      throw error
    }
  })
}

/** Counts by reason, and says so at most once a minute: a flood does not fill the log. */
function createRefusalCount({ clock, log }: { clock: Clock; log: Logger }): (reason: string) => void {
  const counts: Record<string, number> = {}
  let saidAtMs = Number.NEGATIVE_INFINITY
  return (reason) => {
    counts[reason] = (counts[reason] ?? 0) + 1
    if (clock.monotonicMs() - saidAtMs < sayEveryMs) return
    saidAtMs = clock.monotonicMs()
    log.warn({ refused: { ...counts } }, 'lifecycle signals refused since the start')
  }
}
