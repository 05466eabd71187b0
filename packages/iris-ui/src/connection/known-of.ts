interface Asked {
  isFetched: boolean
  data: unknown
}

/**
 * How far a question is, in a way that lasts. TanStack Query calls one that failed pending again with each new try, so a page
 * that waits for it would be taken away and drawn again: without end, if what it draws asks the same question.
 */
export const knownOf = <Query extends Asked>(query: Query) => ({
  ...query,
  /** Neither answered nor refused yet. */
  isPending: !query.isFetched,
  /** Refused so far. It is asked again by itself. */
  isMissing: query.isFetched && query.data === undefined,
})
