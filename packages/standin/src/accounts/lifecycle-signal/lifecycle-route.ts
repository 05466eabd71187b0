import { lifecycleSignalSchema } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import type { AccessContext } from '../../access/access-context.ts'
import type { Arrival } from '../../access/authenticate.ts'
import { verifyAppToken } from '../../access/user-token.ts'
import type { Context } from '../../context.ts'
import { StandinError } from '../../standin-error.ts'
import { signalLifecycle } from './signal-lifecycle.ts'

const maxBodyBytes = 4 * 1024
const logEveryMs = 60_000

/** `POST /trackunit/lifecycle`: signals of the app's lifecycle extension, with its app token. Refusals are counted. */
export function registerLifecycleRoute(server: FastifyInstance, ctx: AccessContext): void {
  const countRefused = createRefusalCounter(ctx)

  server.post('/trackunit/lifecycle', { bodyLimit: maxBodyBytes }, async (request, reply) => {
    const arrivedAtMs = ctx.clock.monotonicMs()
    const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
    try {
      if (!token) throw new StandinError('UNAUTHENTICATED')
      const { accountId } = await admitSignal(ctx, token, { arrivedAtMs, address: request.ip })
      const signal = lifecycleSignalSchema.parse(request.body)
      if (signal.accountId !== undefined && signal.accountId !== accountId) throw new StandinError('ACCOUNT_FORBIDDEN')
      const status = await signalLifecycle(ctx, { accountId, type: signal.type })
      request.log.info({ status, accountId, type: signal.type }, 'lifecycle signal')
      return reply.header('cache-control', 'no-store').send({ status })
    } catch (error) {
      if (error instanceof StandinError) countRefused(error.reason)
      throw error
    }
  })
}

/**
 * Under the same limits as other callers: an address that fails too often has to wait, and so does an account with too
 * many signals, since any user's token of the account can send them. A genuine signal is accepted from any address.
 */
async function admitSignal(ctx: AccessContext, token: string, { arrivedAtMs, address }: Arrival) {
  const { limits, budgets } = ctx.access
  try {
    const verified = await verifyAppToken(ctx, token, arrivedAtMs)
    await budgets.countSignal(verified.accountId)
    return verified
  } catch (error) {
    if (error instanceof StandinError && error.reason === 'UNAUTHENTICATED') {
      limits.refuseWhereFailedOften(address)
      limits.countFailure(address)
    }
    throw error
  }
}

/** Counts by reason and logs the counts at most once a minute: a flood does not fill the log. */
function createRefusalCounter({ clock, log }: Context): (reason: string) => void {
  const counts: Record<string, number> = {}
  let loggedAtMs = Number.NEGATIVE_INFINITY
  return (reason) => {
    counts[reason] = (counts[reason] ?? 0) + 1
    if (clock.monotonicMs() - loggedAtMs < logEveryMs) return
    loggedAtMs = clock.monotonicMs()
    log.warn({ refused: { ...counts } }, 'lifecycle signals refused since the start')
  }
}
