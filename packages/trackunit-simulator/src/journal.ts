import { masked, type SeenMessage } from './masked.ts'

/** The rules of the documentation, by name. */
export type Rule =
  | 'method-not-allowed'
  | 'user-agent-names-app-and-version'
  | 'secret-in-query'
  | 'token-content-type'
  | 'token-client-in-body'
  | 'token-parameter-once'
  | 'token-grant-type'
  | 'token-scope-named'
  | 'token-scope-in-manifest'
  | 'bearer-token-sent'
  | 'bearer-token-not-expired'
  | 'graphql-trailing-slash'
  | 'graphql-json-body'
  | 'graphql-valid'
  | 'graphql-page-size'
  | 'graphql-complexity'
  | 'graphql-points-left'
  | 'wait-after-rate-limit'
  | 'rest-page-size'
  | 'rest-parameters'
  | 'asset-event-rate'
  | 'aemp-rate'
  | 'time-series-rate'
  | 'alert-rate'
  | 'location-rate'
  | 'path-documented'

export type Violation = { rule: Rule; endpoint: string; at: string; detail: string }
/** A request, or a callback that Trackunit sent. Status 0: there was no answer. */
export type SeenRequest = {
  id: number
  at: string
  what: string
  status: number
  accountId: string | null
  /** Such as `query assets` of a GraphQL request. */
  operation: string | null
  /** What the answer says is wrong. */
  problem: string | null
  tookMs: number
}
export type SeenExchange = Omit<SeenRequest, 'id' | 'at'> & { request: SeenMessage; answer: SeenMessage | null }
export type Journal = ReturnType<typeof createJournal>

const keptRequests = 200
const keptViolations = 1000

/** The requests that Trackunit received, and what it answered. Secrets are masked before anything is kept. */
export function createJournal(now: () => number) {
  let counts: Record<string, number> = {}
  let exchangesByClient: Record<string, number> = {}
  let violationCount = 0
  let violations: Violation[] = []
  let recent: (SeenRequest & SeenExchange)[] = []
  let lastId = 0

  const moment = () => new Date(now()).toISOString()

  return {
    count(endpoint: string) {
      counts[endpoint] = (counts[endpoint] ?? 0) + 1
    },

    /** A request to the token endpoint with a client id that exists. */
    countExchange(clientId: string) {
      exchangesByClient[clientId] = (exchangesByClient[clientId] ?? 0) + 1
    },

    /** `detail` is the simulator's text, never the caller's. */
    violation(rule: Rule, { endpoint, detail }: { endpoint: string; detail: string }) {
      violationCount++
      violations = [...violations, { rule, endpoint, at: moment(), detail }].slice(-keptViolations)
    },

    saw(exchange: SeenExchange) {
      lastId++
      recent = [{ id: lastId, at: moment(), ...masked(exchange) }, ...recent].slice(0, keptRequests)
    },

    report() {
      const summaries: SeenRequest[] = recent.map(({ request, answer, ...summary }) => summary)
      return { counts, exchangesByClient, violationCount, violations, recent: summaries }
    },

    /** The whole exchange; `undefined` when it is no longer kept. */
    detail: (id: number): (SeenRequest & SeenExchange) | undefined => recent.find((each) => each.id === id),

    reset() {
      counts = {}
      exchangesByClient = {}
      violationCount = 0
      violations = []
      recent = []
    },
  }
}
