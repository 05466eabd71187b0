import { StandinError } from '../standin-error.ts'
import { changeOfDocument, textOfDocument } from './graphql-document.ts'
import { withoutIds } from './send-request.ts'
import type { TrackunitRequests } from './trackunit-client.ts'

export interface ChangeRules {
  /** Whether requests that change data are allowed now. */
  mayChange: () => boolean
  /** Addresses to which a POST only reads. */
  readingPosts: readonly string[]
}

/**
 * Refuses requests that change data unless they are allowed now: mutations, and all methods but GET. Judges a request by its
 * parsed document and its method, never by its answer.
 */
export function guardChanges(client: TrackunitRequests, { mayChange, readingPosts }: ChangeRules): TrackunitRequests {
  const check = (change: string, orElse = '') => {
    if (mayChange()) return
    throw new StandinError('ACTION_FAULTY', {
      detail: `It sent ${change} outside effect; nothing was sent. Make each change inside effect({ key, find, do })${orElse}.`,
    })
  }
  const checked =
    <Given extends [path: string, ...unknown[]], Answer>(
      method: string,
      send: (...given: Given) => Promise<Answer>,
    ): ((...given: Given) => Promise<Answer>) =>
    async (...given) => {
      const [path] = given
      if (method !== 'POST') check(`${method} ${withoutIds(path)}`)
      else if (!readingPosts.includes(path))
        check(`POST ${withoutIds(path)}`, ', or name the address in readingPosts if it only reads')
      return send(...given)
    }
  return {
    async graphql(document: string, variables?: Record<string, unknown>) {
      const text = textOfDocument(document)
      const change = changeOfDocument(text)
      if (change !== undefined) check(`a GraphQL ${change}`)
      return client.graphql(text, variables)
    },
    get: client.get,
    post: checked('POST', client.post) as TrackunitRequests['post'],
    put: checked('PUT', client.put) as TrackunitRequests['put'],
    patch: checked('PATCH', client.patch) as TrackunitRequests['patch'],
    delete: checked('DELETE', client.delete) as TrackunitRequests['delete'],
  }
}
