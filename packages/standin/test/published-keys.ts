import type { JWK } from 'jose'

export interface PublishedKeys {
  /** Answers the next request. */
  answer: () => Response | Promise<Response>
  /** Requests so far. */
  requests: number
  /** Plays the endpoint. */
  fetch: typeof globalThis.fetch
  publish(...keys: JWK[]): void
  fail(): void
}

/** An endpoint of signing keys, played as `fetch`. */
export function createPublishedKeys(...keys: JWK[]): PublishedKeys {
  const published: PublishedKeys = {
    answer: () => Response.json({ keys }),
    requests: 0,
    fetch: async (_url, init) => {
      published.requests++
      if (init?.redirect !== 'error') throw new Error('a redirect would be followed')
      return published.answer()
    },
    publish: (...others) => {
      published.answer = () => Response.json({ keys: others })
    },
    fail: () => {
      published.answer = () => Promise.reject(new TypeError('fetch failed'))
    },
  }
  return published
}
