/** A page of a Relay connection. @see https://relay.dev/graphql/connections.htm */
export interface Connection<Node> {
  edges: ReadonlyArray<{ node: Node | null } | null>
  pageInfo: { endCursor: string | null; hasNextPage: boolean }
}

export interface Page<Node> {
  nodes: Node[]
  /** Where the next page begins; keep it in a checkpoint to go on from here. */
  endCursor: string | null
}

/**
 * Every page of a connection, from a cursor on. What came back as null (an asset that vanished) is left out.
 * Ends when the answer says so, and when it names the same cursor again, which would never end.
 */
export async function* pages<Node>(
  fetchPage: (after: string | null) => Promise<Connection<Node>>,
  from: string | null = null,
): AsyncGenerator<Page<Node>> {
  for (let after = from; ; ) {
    const { edges, pageInfo } = await fetchPage(after)
    const nodes = edges.flatMap((edge) => (edge?.node ? [edge.node] : []))
    yield { nodes, endCursor: pageInfo.endCursor }
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null || pageInfo.endCursor === after) return
    after = pageInfo.endCursor
  }
}
