/** What the last requests of all accounts and replicas show about Trackunit's sign-in. */
export interface SignInOutage {
  failedClients: readonly string[]
  lastFailedAgoMs: number
  isDown: boolean
  probes: number
}

/** After this many accounts in a row without an answer, the cause is not the accounts. */
const accountsOfOutage = 5
/** Failures further apart than this are unrelated. */
const windowMs = 60_000
export const firstProbeMs = 1_000
/** How much longer than the outage accounts can be without tokens. */
const longestProbeMs = 5_000
/** How long one answer's `Retry-After` can hold back all accounts; the account that got it waits for all of it. */
const longestObeyedMs = 300_000

/**
 * How a failure changes the outage. While the sign-in is down only the outcome of a probe counts: requests that were sent
 * before the outage add nothing new.
 * @returns `nextProbeInMs` if the sign-in is now considered down, or still is
 */
export function afterFailure(
  before: SignInOutage | undefined,
  { clientId, isProbe, retryAfterMs = 0 }: { clientId: string; isProbe: boolean; retryAfterMs?: number },
): { failedClients: readonly string[]; probes: number; nextProbeInMs?: number } {
  const obeyedMs = Math.min(retryAfterMs, longestObeyedMs)
  if (before?.isDown) {
    const { failedClients, probes } = before
    if (!isProbe) return { failedClients, probes }
    const pauseMs = Math.min(longestProbeMs, firstProbeMs * 2 ** Math.min(probes + 1, 10))
    return { failedClients, probes: probes + 1, nextProbeInMs: Math.max(obeyedMs, pauseMs) }
  }
  const recent = before && before.lastFailedAgoMs < windowMs ? before.failedClients : []
  const failedClients = [...new Set([...recent, clientId])]
  if (failedClients.length < accountsOfOutage) return { failedClients, probes: 0 }
  return { failedClients, probes: 0, nextProbeInMs: Math.max(obeyedMs, firstProbeMs) }
}
