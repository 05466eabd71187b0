import { StandinError } from '../standin-error.ts'

/** A page of a Relay connection. @see https://relay.dev/graphql/connections.htm */
export interface Connection<Node> {
  edges: ReadonlyArray<{ node: Node | null } | null> | null
  pageInfo: { endCursor: string | null; hasNextPage: boolean } | null
}

export interface Page<Node> {
  nodes: Node[]
  /** Where the next page begins; keep it in a checkpoint to continue from here. */
  endCursor: string | null
  /** On the last page: there is more, but no cursor that leads to it. The list is incomplete. */
  isCut: boolean
}

/**
 * Every page of a connection, starting at a cursor. Nodes that came back as null (an asset that vanished) are left out.
 * Ends when the answer says so, or when it repeats a cursor, which would never end.
 * @throws StandinError `TRACKUNIT_UNAVAILABLE` for an answer that does not say whether it continues
 */
export async function* pages<Node>(
  fetchPage: (after: string | null) => Promise<Connection<Node>>,
  from: string | null = null,
): AsyncGenerator<Page<Node>> {
  const cursors = new Set([from])
  for (let after = from; ; ) {
    const { edges, pageInfo } = await fetchPage(after)
    if (!pageInfo)
      throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'A list has no pageInfo, so it cannot be continued.' })
    const { endCursor, hasNextPage } = pageInfo
    const goesOn = hasNextPage && endCursor !== null && !cursors.has(endCursor)
    const nodes = (edges ?? []).flatMap((edge) => (edge?.node ? [edge.node] : []))
    yield { nodes, endCursor, isCut: hasNextPage && !goesOn }
    if (!goesOn) return
    cursors.add(endCursor)
    after = endCursor
  }
}
