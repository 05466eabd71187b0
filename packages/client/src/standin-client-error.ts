import { type ErrorReason, errorReasons } from '@standin/contracts'
import { isTRPCClientError } from '@trpc/client'
import type { AppRouter } from './app-router.ts'

/** What a call failed with. Switch on `reason`; `message` is for people. */
export class StandinClientError extends Error {
  override readonly name = 'StandinClientError'
  /** `UNREACHABLE`: no answer of a Standin server came; every other reason is the server's own. */
  readonly reason: ErrorReason | 'UNREACHABLE'
  /** In milliseconds, where the server said when a retry can help. */
  readonly retryAfterMs: number | undefined

  constructor(reason: ErrorReason | 'UNREACHABLE', message: string, retryAfterMs?: number) {
    super(message)
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

/** Turns whatever a tRPC call threw into a `StandinClientError`. The cause is left out: it can hold a token. */
export function toStandinClientError(error: unknown): StandinClientError {
  if (error instanceof StandinClientError) return error
  const data = isTRPCClientError<AppRouter>(error) ? error.data : undefined
  if (data?.reason && data.reason in errorReasons) {
    return new StandinClientError(data.reason, errorReasons[data.reason].message, data.retryAfterMs)
  }
  return new StandinClientError(
    'UNREACHABLE',
    'No answer of a Standin server came. Check its address and that it runs.',
  )
}
