import type { TRPCRequestOptions } from '@trpc/client'
import { type CallOptions, callDefaults } from './call-options.ts'
import { retryPauseMs } from './retry-pause.ts'
import { anySignal, type Sleep, unlessAborted } from './sleep.ts'
import { toStandinClientError } from './standin-client-error.ts'

/** Makes a call by the client's options and its own: retries temporary failures, until the signal aborts. */
export type Call = <Result>(ask: (how: TRPCRequestOptions) => Promise<Result>, options?: CallOptions) => Promise<Result>

export interface CallParts {
  /** The client's options. */
  options: CallOptions
  sleep: Sleep
  random: () => number
}

/** @throws StandinClientError for every failure; the signal's reason if it aborted */
export function createCall({ options: client, sleep, random }: CallParts): Call {
  return async (ask, options = {}) => {
    const signal = anySignal(client.signal, options.signal)
    const { maxRetries = client.maxRetries ?? callDefaults.maxRetries, fetch, timeoutMs } = options
    const how = { ...(signal && { signal }), context: { fetch, timeoutMs } }
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted()
      try {
        return await unlessAborted(ask(how), signal)
      } catch (failure) {
        signal?.throwIfAborted()
        const error = toStandinClientError(failure)
        const pauseMs = attempt <= maxRetries ? retryPauseMs(error, attempt, random()) : undefined
        if (pauseMs === undefined) throw error
        await sleep(pauseMs, signal)
      }
    }
  }
}
