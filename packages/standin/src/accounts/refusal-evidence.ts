/** The refusals of credentials in force that count, and when the first of them was. */
export interface RefusalEvidence {
  refusals: number
  refusedSince: Date | null
}

export const noRefusals: RefusalEvidence = { refusals: 0, refusedSince: null }

/** How many refusals make it certain that credentials are revoked, and the time over which they must be spread. */
const refusalsForCertainty = 5
const spreadMs = 3_600_000

/**
 * Counts a refusal. It counts as the n-th only after its share of the hour, so that many in a short time count as one, and
 * only while Trackunit accepts other clients: an outage that answers `invalid_client` to all of them is no evidence.
 */
export function countRefusal(
  { refusals, refusedSince }: RefusalEvidence,
  { now, othersSignIn }: { now: Date; othersSignIn: boolean },
): RefusalEvidence {
  if (!othersSignIn) return { refusals, refusedSince }
  const since = refusedSince ?? now
  const isSpread = now.getTime() - since.getTime() >= (refusals * spreadMs) / (refusalsForCertainty - 1)
  return { refusals: refusals + (isSpread ? 1 : 0), refusedSince: since }
}

/** Whether the credentials are revoked for certain: at least five refusals, spread over an hour. */
export const isCertain = ({ refusals }: RefusalEvidence): boolean => refusals >= refusalsForCertainty
