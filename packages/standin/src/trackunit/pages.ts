import { z } from 'zod'
import { StandinError } from '../standin-error.ts'
import { type AnyDocument, textOfDocument } from './graphql-document.ts'
import { createNews } from './news.ts'
import type {
  Connection,
  ConnectionOf,
  ConnectionPage,
  ListOf,
  ListPage,
  Page,
  TrackunitClient,
  TrackunitRequests,
} from './trackunit-client.ts'

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

/** Adds the methods that read whole lists to a client, which may be a test's. */
export function withPages(client: TrackunitRequests): TrackunitClient {
  return {
    ...client,
    connection: (document, of) => connectionPages(client, document, of),
    list: (path, of = {}) => listPages(client, path, of),
  }
}

async function* connectionPages<Data, Node>(
  { graphql }: TrackunitRequests,
  document: string | AnyDocument,
  { variables, find, from = null }: ConnectionOf<Data, Node>,
): AsyncGenerator<ConnectionPage<Node>> {
  let isPartial = false
  const fetchPage = async (after: string | null) => {
    const answer = await graphql<Data>(textOfDocument(document), { ...variables, after })
    isPartial = answer.isPartial
    const connection = find(answer.data)
    if (!connection) throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'It answered without the list.' })
    return connection
  }
  for await (const page of pages(fetchPage, from)) yield { ...page, isPartial }
}

const answerSchema = z.object({ content: z.array(z.unknown()), totalPages: z.number() })

async function* listPages<Item>(
  { get, post }: TrackunitRequests,
  path: string,
  { query, body, size = 1_000, from = 0 }: ListOf,
): AsyncGenerator<ListPage<Item>> {
  const news = createNews()
  for (let next = from; ; ) {
    const asked = { ...query, size, page: next }
    const answer = answerSchema.safeParse(await (body ? post(path, body, asked) : get(path, asked)))
    if (!answer.success) throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'A list was not readable.' })
    const { content, totalPages } = answer.data
    next++
    news.count(content.map((item) => JSON.stringify(item)))
    const hasMore = next < totalPages
    const isCut = hasMore && news.isEndless()
    yield { items: content as Item[], next, totalPages, isCut }
    if (!hasMore || isCut) return
  }
}
