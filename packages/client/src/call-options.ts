/** How calls are made: an option of the client applies to all calls, an option of a call to this one. */
export interface CallOptions {
  /** Ends the call. Its promise then rejects with the signal's reason, as that of `fetch` does. */
  signal?: AbortSignal | undefined
  /**
   * How often a failed call is retried: 2 by default, 0 for never. Only failures whose `retry` is `soon` or `after` are retried,
   * after a growing pause of 0.5 to 8 s, or after `retryAfterMs` if that is at most a minute. Retries are
   * safe: `start` and `retry` send an idempotency key.
   */
  maxRetries?: number | undefined
  /** How long each attempt may take, in milliseconds; 30,000 by default. Streams and downloads have no time limit. */
  timeoutMs?: number | undefined
  /** Sends the requests instead of the platform's `fetch`. */
  fetch?: typeof fetch | undefined
}

/** The defaults, if neither the call nor the client sets an option. */
export const callDefaults = { maxRetries: 2, timeoutMs: 30_000 } as const

/** What a call can say in the context of its tRPC operation. */
export type CallHow = Pick<CallOptions, 'fetch' | 'timeoutMs'>
