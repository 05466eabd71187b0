import { randomUUID } from 'node:crypto'
import { getTRPCErrorFromUnknown, getTRPCErrorShape } from '@trpc/server'
import type { Context } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { type HttpAnswer, problemOf } from './problem.ts'
import { trpcConfig } from './trpc.ts'

/** Refuses a request as `OVERLOADED` before anything was done for it, in the form that its route answers in. */
export function overloadAnswer(
  { config, metrics }: Pick<Context, 'config' | 'metrics'>,
  { url, origin }: { url: string; origin?: string | undefined },
  retryAfterMs: number,
): HttpAnswer {
  const id = randomUUID()
  const cause = new StandinError('OVERLOADED', { retryAfterMs })
  metrics.countRefusal({ route: 'any', reason: cause.reason })
  const { status, headers, body } = problemOf(cause, id)
  const isTrpc = url.startsWith('/trpc/')
  return {
    status,
    headers: {
      ...headers,
      ...(isTrpc && { 'content-type': 'application/json' }),
      // Without this header, a page could not read when to try again.
      ...(origin !== undefined && config.http.appOrigins.includes(origin) && { 'access-control-allow-origin': origin }),
    },
    body: isTrpc ? trpcBody(cause, id) : body,
  }
}

/** tRPC's own clients accept one error for all members of a batch. */
function trpcBody(cause: StandinError, requestId: string): string {
  const error = getTRPCErrorFromUnknown(cause)
  const ctx = { requestId, authenticate: () => Promise.reject(cause) }
  const asked = { type: 'unknown', path: undefined, input: undefined } as const
  return JSON.stringify({ error: getTRPCErrorShape({ config: trpcConfig, error, ...asked, ctx }) })
}
