/** What is known of one limit. Moments are milliseconds since 1970 by the database's clock. */
export interface BudgetState {
  /** When the last requests were let through, the oldest first. */
  takenAtMs?: number[]
  /** Trackunit said to wait until then. */
  blockedUntilMs?: number
  /** Complexity points that are left until `resetAtMs`. */
  remaining?: number
  resetAtMs?: number
  /** What each document cost last, by its fingerprint. */
  costs?: Record<string, number>
  /** Of the ceiling over all accounts: when the next request's turn is. */
  nextTurnAtMs?: number
}
