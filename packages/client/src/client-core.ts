import type { TRPCClient } from '@trpc/client'
import type { AppRouter } from './app-router.ts'
import type { Call, CallParts } from './create-calls.ts'

/** What each part of the client works with. */
export interface ClientCore {
  api: TRPCClient<AppRouter>
  call: Call
  parts: CallParts
  /** The client's own `fetch`, for requests to other servers. */
  fetch: typeof fetch
}
