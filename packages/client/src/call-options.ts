/** How a call is made: as an option of the client for all calls, as an option of a call for this one. */
export interface CallOptions {
  /** Ends the call. Its promise then rejects with the signal's reason, as that of `fetch` does. */
  signal?: AbortSignal | undefined
  /**
   * How often a failed call is sent again: 2 by default, 0 for never. Only failures whose `retry` is `soon` or `after` are,
   * after a growing pause of 0.5 to 8 s, or after `retryAfterMs` if that is at most a minute. Repeating is
   * safe: `start` and `retry` send an idempotency key.
   */
  maxRetries?: number | undefined
  /** How long each attempt may take, in milliseconds; 30,000 by default. Streams and downloads have no time limit. */
  timeoutMs?: number | undefined
  /** Sends the requests, in place of the platform's `fetch`. */
  fetch?: typeof fetch | undefined
}

/** What applies where neither the call nor the client says otherwise. */
export const callDefaults = { maxRetries: 2, timeoutMs: 30_000 } as const

/** What a call can say in the context of its tRPC operation. */
export type CallHow = Pick<CallOptions, 'fetch' | 'timeoutMs'>
