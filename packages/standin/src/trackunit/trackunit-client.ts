import type { GraphqlAnswer } from './graphql-answer.ts'
import type { TypedDocument } from './graphql-document.ts'

// biome-ignore lint/suspicious/noExplicitAny: the cursor is added to the variables, so they are not checked
type Document<Data> = TypedDocument<Data, any>

export type Query = Readonly<Record<string, string | number>>

/**
 * Trackunit's APIs with one account's token. Every failure is a `StandinError` of the Trackunit reasons. An answer may have
 * 16 MB and take 30 seconds.
 *
 * What may change data is sent inside `effect` alone: a mutation, and every request but GET. Elsewhere it is refused with
 * `ACTION_FAULTY` before anything is sent. A POST that only reads, such as a search, is allowed where the action names its
 * address in `readingPosts`.
 */
export interface TrackunitClient {
  /**
   * A GraphQL document, a constant; what varies goes into `variables`. Data and errors can come together: then
   * `isPartial` is true.
   */
  graphql<Data>(document: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer<Data>>
  /** A document with its types, as GraphQL Code Generator makes them. */
  graphql<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    ...variables: object extends Variables ? [Variables?] : [Variables]
  ): Promise<GraphqlAnswer<Data>>
  /** A GET of the REST API, by path (from `/`) and query. */
  get<Data>(path: string, query?: Query): Promise<Data>
  /** `body` goes as JSON. An empty answer is undefined, as it is of the methods below. */
  post<Data>(path: string, body: object, query?: Query): Promise<Data>
  put<Data>(path: string, body: object, query?: Query): Promise<Data>
  patch<Data>(path: string, body: object, query?: Query): Promise<Data>
  delete<Data>(path: string, query?: Query): Promise<Data>
  /** Every page of a GraphQL connection. The document takes `$after` and asks for `pageInfo { endCursor hasNextPage }`. */
  connection<Data, Node>(
    document: string | Document<Data>,
    of: ConnectionOf<Data, Node>,
  ): AsyncIterable<ConnectionPage<Node>>
  /** Every page of a REST list, which has `content` and `totalPages`. */
  list<Item = unknown>(path: string, of?: ListOf): AsyncIterable<ListPage<Item>>
}

/** What the other calls are made of. */
export type TrackunitRequests = Omit<TrackunitClient, 'connection' | 'list'>

/** A page of a Relay connection. @see https://relay.dev/graphql/connections.htm */
export interface Connection<Node> {
  edges: ReadonlyArray<{ node: Node | null } | null> | null
  pageInfo: { endCursor: string | null; hasNextPage: boolean } | null
}

export interface Page<Node> {
  nodes: Node[]
  /** Where the next page begins; keep it to continue from here. */
  endCursor: string | null
  /** On the last page: there is more, but no cursor that leads to it. The list is incomplete. */
  isCut: boolean
}

export interface ListPage<Item> {
  items: Item[]
  /** The number of the page after this one; keep it to continue from here. */
  next: number
  totalPages: number
  /** On the last page: the list goes on with what it has said before. It is incomplete. */
  isCut: boolean
}

export interface ConnectionOf<Data, Node> {
  variables?: Record<string, unknown>
  /** The connection in the answer. */
  find: (data: Data) => Connection<Node> | null | undefined
  /** The `endCursor` of a page: continues after it. By default from the start. */
  from?: string | null
}

export interface ConnectionPage<Node> extends Page<Node> {
  /** Errors came with the page: some values are missing. */
  isPartial: boolean
}

export interface ListOf {
  query?: Query
  /** Sent with a POST that asks for the page; without it, a GET does. */
  body?: object
  /** Items on a page. By default 1,000. */
  size?: number
  /** The number of the first page to read. By default 0. */
  from?: number
}
