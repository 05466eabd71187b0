/**
 * A list in pages for `useInfiniteQuery`. tRPC's own options add a `direction` to the input, which the contract, being
 * strict, refuses.
 */
export function pagesOf<Page extends { nextCursor: string | null }>(
  pathKey: readonly unknown[],
  input: object,
  ask: (cursor: { cursor?: string }, options: { signal: AbortSignal }) => Promise<Page>,
) {
  return {
    queryKey: [...pathKey, 'pages', input],
    queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
      ask(pageParam === undefined ? {} : { cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: Page) => nextCursor ?? undefined,
  }
}
