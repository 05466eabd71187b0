import type { GraphqlAnswer } from './graphql-answer.ts'

/** Trackunit's APIs with one account's token. Every failure is a `StandinError` of the Trackunit reasons. */
export interface TrackunitClient {
  /**
   * A GraphQL document, a constant; what varies goes into `variables`. Data and errors can come together: then
   * `isPartial` is true.
   */
  graphql<Data>(document: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer<Data>>
  /** A GET of the REST API, by path (from `/`) and query. */
  get<Data>(path: string, query?: Record<string, string | number>): Promise<Data>
  /** A POST of the REST API that asks, such as a search of events; `body` goes as JSON. */
  post<Data>(path: string, body: object, query?: Record<string, string | number>): Promise<Data>
}
