import type { ApiAnswer } from './rest-answer.ts'

/** A request as its limits see it. */
export interface LimitedRequest {
  method: 'GET' | 'POST'
  /** Without the query. */
  path: string
  /** Of a list: which page of it, as the query says. */
  page?: string
  /** Of GraphQL: the document, whose cost is learnt. */
  document?: string
}

/** What stands between a client and Trackunit's limits. */
export interface RequestLimits {
  /**
   * Returns when the request may be sent; waits a moment for that, but no longer.
   * @throws StandinError `TRACKUNIT_RATE_LIMITED` with how long to wait, where that is more than a moment
   */
  before(request: LimitedRequest): Promise<void>
  /** Learns from the answer. Never fails: the answer has come. */
  after(request: LimitedRequest, answer: ApiAnswer): Promise<void>
}

/** For whoever sends few requests, and whoever tests something else. */
export const withoutLimits: RequestLimits = { before: async () => {}, after: async () => {} }
