import { type ErrorReason, errorReasons } from '@standin/contracts'
import { isTRPCClientError } from '@trpc/client'
import type { AppRouter } from './app-router.ts'

/**
 * Every reason that a call can fail with: those of the server (`ErrorReason`), and two of the client's own.
 * `UNREACHABLE`: no answer of a Standin server came. `OPTIONS_INVALID`: the client was created with options that cannot work.
 */
export type StandinClientErrorReason = ErrorReason | 'UNREACHABLE' | 'OPTIONS_INVALID'

const ownRetries = { UNREACHABLE: 'soon', OPTIONS_INVALID: 'never' } as const

/** One field that is wrong, and how. Never its value. */
export interface StandinIssue {
  /** Such as `input.machines.groupIds`; empty for the input as a whole. */
  path: string
  message: string
}

interface Details {
  retryAfterMs?: number | undefined
  requestId?: string | undefined
  issues?: readonly StandinIssue[] | undefined
  cause?: unknown
}

/**
 * What every failed call rejects with, unless you aborted it. Switch on `reason`; `message` is for people and includes
 * the `issues`. `cause` is what the platform reported, for `UNREACHABLE`.
 */
export class StandinClientError extends Error {
  override readonly name = 'StandinClientError'
  readonly reason: StandinClientErrorReason
  /**
   * Whether the same call can work later: `never` · `soon` (retry with back-off) · `after` (in
   * `retryAfterMs`).
   */
  readonly retry: 'never' | 'soon' | 'after'
  /** Milliseconds, if the server said when a retry can help. */
  readonly retryAfterMs: number | undefined
  /** The request's id in the server's log. */
  readonly requestId: string | undefined
  /** For `INPUT_INVALID` and `OPTIONS_INVALID`: which fields are wrong and how. Never their values. */
  readonly issues: readonly StandinIssue[]

  constructor(
    reason: StandinClientErrorReason,
    message: string,
    { retryAfterMs, requestId, issues = [], cause }: Details = {},
  ) {
    super([message, ...issues.map(inWords)].join(' '), cause === undefined ? undefined : { cause })
    this.reason = reason
    this.retry = retryOf(reason, retryAfterMs)
    this.retryAfterMs = retryAfterMs
    this.requestId = requestId
    this.issues = issues
  }
}

const inWords = ({ path, message }: StandinIssue) => `${path === '' ? '' : `${path} `}${message.replace(/\.$/, '')}.`

/** A newer server may have reasons that this client does not know. */
function retryOf(reason: StandinClientErrorReason, retryAfterMs: number | undefined): StandinClientError['retry'] {
  if (reason in ownRetries) return ownRetries[reason as keyof typeof ownRetries]
  return errorReasons[reason as ErrorReason]?.retry ?? (retryAfterMs === undefined ? 'never' : 'after')
}

/**
 * Turns whatever a call of `api` threw into a `StandinClientError`. A refusal by the server has no cause: tRPC's error can
 * hold the answers to other calls of the same request, and so tokens.
 */
export function toStandinClientError(error: unknown): StandinClientError {
  if (error instanceof StandinClientError) return error
  if (!isTRPCClientError<AppRouter>(error)) return unreachable(error)
  const { data, message, cause } = error
  if (data?.reason) return new StandinClientError(data.reason, message, data)
  return cause instanceof StandinClientError ? cause : unreachable(cause ?? error)
}

/** No server answered. */
export function unreachable(cause: unknown): StandinClientError {
  const message = `No answer of a Standin server came${inBrackets(cause)}. Check its address and that it runs.`
  return new StandinClientError('UNREACHABLE', message, cause instanceof Error ? { cause } : {})
}

/** The innermost cause is the most helpful: for "fetch failed" it is "connect ECONNREFUSED 127.0.0.1:4000". */
function inBrackets(cause: unknown): string {
  let innermost = cause
  for (let depth = 0; depth < 5 && innermost instanceof Error && innermost.cause instanceof Error; depth++)
    innermost = innermost.cause
  const text = (innermost as { message?: unknown } | undefined)?.message
  return typeof text === 'string' && text !== '' ? ` (${text})` : ''
}
