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
export type SeenRequest = { at: string; what: string; status: number }
export type Journal = ReturnType<typeof createJournal>

const keptRequests = 50
const keptViolations = 1000

/** The requests that Trackunit received, without the callers' own texts, so that it contains no secrets. */
export function createJournal(now: () => number) {
  let counts: Record<string, number> = {}
  let exchangesByClient: Record<string, number> = {}
  let violationCount = 0
  let violations: Violation[] = []
  let recent: SeenRequest[] = []

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

    saw(what: string, status: number) {
      recent = [{ at: moment(), what, status }, ...recent].slice(0, keptRequests)
    },

    report() {
      return { counts, exchangesByClient, violationCount, violations, recent }
    },

    reset() {
      counts = {}
      exchangesByClient = {}
      violationCount = 0
      violations = []
      recent = []
    },
  }
}
