import { type ErrorReason, errorReasons } from '@standin/contracts'
import { isTRPCClientError } from '@trpc/client'
import type { AppRouter } from './app-router.ts'

/** Every reason that a call can fail with; `UNREACHABLE` is the client's own: no answer of a Standin server came. */
export type StandinClientErrorReason = ErrorReason | 'UNREACHABLE'

/** What a call failed with. Switch on `reason`; `message` is for people. */
export class StandinClientError extends Error {
  override readonly name = 'StandinClientError'
  readonly reason: StandinClientErrorReason
  /**
   * Whether the same call can work later: `never` · `soon` (by itself, try with back-off) · `after` (in
   * `retryAfterMs`).
   */
  readonly retry: 'never' | 'soon' | 'after'
  /** Milliseconds, where the server said when a retry can help. */
  readonly retryAfterMs: number | undefined
  /** Under which the server's log has it. */
  readonly requestId: string | undefined
  /** For `INPUT_INVALID`: which fields are wrong and how. Never their values. */
  readonly issues: ReadonlyArray<{ path: string; message: string }>

  constructor(
    reason: StandinClientErrorReason,
    message: string,
    {
      retryAfterMs,
      requestId,
      issues = [],
    }: Partial<Pick<StandinClientError, 'retryAfterMs' | 'requestId' | 'issues'>> = {},
  ) {
    super(message)
    this.reason = reason
    this.retry = reason === 'UNREACHABLE' ? 'soon' : errorReasons[reason].retry
    this.retryAfterMs = retryAfterMs
    this.requestId = requestId
    this.issues = issues
  }
}

/** Turns whatever a call of `api` threw into a `StandinClientError`. The cause is left out: it can hold a token. */
export function toStandinClientError(error: unknown): StandinClientError {
  if (error instanceof StandinClientError) return error
  const data = isTRPCClientError<AppRouter>(error) ? error.data : undefined
  if (data?.reason && data.reason in errorReasons) {
    return new StandinClientError(data.reason, errorReasons[data.reason].message, data)
  }
  return new StandinClientError(
    'UNREACHABLE',
    'No answer of a Standin server came. Check its address and that it runs.',
  )
}

/** Runs a call and turns its failure into a `StandinClientError`. */
export async function told<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call
  } catch (error) {
    throw toStandinClientError(error)
  }
}
