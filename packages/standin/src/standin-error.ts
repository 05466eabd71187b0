import { type ErrorReason, errorReasons } from '@standin/contracts'

interface StandinErrorOptions {
  /** When a retry can help, in milliseconds from now. */
  retryAfterMs?: number
  /** The rate limit of Trackunit that was reached, if it is known. */
  limit?: RequestLimit | undefined
  /** One more sentence for people, in our own words: never a library's message, never text from outside. */
  detail?: string
  /** For the log only, which leaves out its message. */
  cause?: unknown
}

/** At most this many requests in any period of this length. */
export interface RequestLimit {
  most: number
  windowMs: number
}

/** A refusal with a reason of the closed list. Clients see the reason's message and `detail`, nothing else. */
export class StandinError extends Error {
  override readonly name = 'StandinError'
  readonly reason: ErrorReason
  readonly retryAfterMs: number | undefined
  readonly detail: string | undefined
  readonly limit: RequestLimit | undefined

  constructor(reason: ErrorReason, { retryAfterMs, detail, limit, cause }: StandinErrorOptions = {}) {
    super(`${reason}: ${errorReasons[reason].message}${detail ? ` ${detail}` : ''}`, { cause })
    this.reason = reason
    this.retryAfterMs = retryAfterMs
    this.detail = detail
    this.limit = limit
  }

  /** What may be logged and shown. */
  get safeMessage(): string {
    return this.message
  }
}
