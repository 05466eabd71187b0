import { StandinError } from 'standin'

/** `no answer`: not after several tries, or none that can be read. */
export type Reading = 'read' | 'refused' | 'no answer'

const mostFailures = 4
const firstPauseMs = 5_000

/**
 * Reads what the result can do without. Where Trackunit refuses, the plan, a licence or a permission is missing, which
 * it does not tell apart. Where it does not answer, the run tries again, and in the end goes on without.
 * @param failed keeps how often it failed; a reading that goes on keeps it as well
 */
export async function readIfPossible(
  read: () => Promise<void>,
  { failures, failed }: { failures: number; failed: (times: number) => Promise<void> },
): Promise<Reading> {
  try {
    await read()
    return 'read'
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    if (['TRACKUNIT_REFUSED', 'PLAN_REQUIRED'].includes(error.reason)) return 'refused'
    if (error.reason !== 'TRACKUNIT_UNAVAILABLE') throw error
    if (failures + 1 >= mostFailures) return 'no answer'
    await failed(failures + 1)
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { retryAfterMs: firstPauseMs * 2 ** failures, cause: error })
  }
}
