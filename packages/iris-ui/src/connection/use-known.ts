import { useState } from 'react'

interface Asked {
  isFetched: boolean
  data: unknown
  error: unknown
}

/**
 * How far a question is, in a way that lasts. TanStack Query calls one that failed pending again with each new try, and forgets
 * why it failed. So a page that waits for it would be taken away and drawn again: without end, if what it draws asks the same.
 */
export function useKnown<Query extends Asked>(query: Query) {
  const [refusal, setRefusal] = useState<Query['error']>(query.error)
  if (query.error !== null && query.error !== refusal) setRefusal(query.error)
  const isMissing = query.isFetched && query.data === undefined
  return {
    ...query,
    /** Neither answered nor refused yet. */
    isPending: !query.isFetched && query.data === undefined,
    /** Refused so far. It is retried automatically. */
    isMissing,
    /** Why it was refused, also while it is asked again. */
    error: isMissing ? (query.error ?? refusal) : query.error,
  }
}
