import { anySignal } from './sleep.ts'
import { StandinClientError } from './standin-client-error.ts'
import type { CachedToken } from './token-cache.ts'

interface Dependencies {
  /** Origins that may get the token, such as `https://iris.trackunit.com`. */
  origins: readonly string[]
  /** @param signal of the request: aborting it also ends the wait for its token */
  token: (signal: AbortSignal) => Promise<CachedToken>
  replace: (rejected: string, signal: AbortSignal) => Promise<CachedToken>
  fetch: typeof fetch
  /** Ends every request. */
  signal?: AbortSignal | undefined
}

/** The platform's `fetch`, with an account's token for the allowed origins. @see StandinClient.fetchFor */
export function createAuthorisedFetch({
  origins,
  token,
  replace,
  fetch,
  signal: always,
}: Dependencies): typeof globalThis.fetch {
  const allowed = new Set(origins.map((address) => new URL(address).origin))

  return async (input, init) => {
    const request = new Request(input, always ? { ...init, signal: anySignal(init?.signal, always) ?? null } : init)
    const { signal } = request
    if (!allowed.has(new URL(request.url).origin)) return fetch(request)

    // A stream can be read only once; any other body is kept for the second attempt.
    const again = init?.body instanceof ReadableStream ? undefined : request.clone()
    const first = await token(signal)
    const answer = await fetch(withToken(request, first))
    if (answer.status !== 401 || again === undefined) return answer

    const second = await replace(first.accessToken, signal).catch(nothingWhereRefused)
    if (second === undefined) return answer
    await answer.body?.cancel()
    return fetch(withToken(again, second))
  }
}

/** A redirect could send the token anywhere, so it is returned to the caller instead of being followed. */
function withToken(request: Request, { accessToken }: CachedToken): Request {
  const authorised = new Request(request, { redirect: request.redirect === 'error' ? 'error' : 'manual' })
  authorised.headers.set('authorization', `Bearer ${accessToken}`)
  return authorised
}

/** If no newer token is available, the API's own 401 is the better answer. */
function nothingWhereRefused(error: unknown): undefined {
  if (error instanceof StandinClientError && error.reason === 'TRACKUNIT_REFUSED') return undefined
  throw error
}
