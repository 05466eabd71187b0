import { StandinError } from '../standin-error.ts'
import { isRefused } from '../trackunit/is-refused.ts'

/** `no answer`: none after several tries, or none that is readable. */
export type Reading = 'read' | 'refused' | 'no answer'

const mostFailures = 4
const firstPauseMs = 5_000

/**
 * Reads something optional. If Trackunit refuses, the plan, a licence or a permission is missing; its answer does not say
 * which. If it does not answer, the run retries and finally continues without.
 * @param failed stores the number of failures
 */
export async function readIfPossible(
  read: () => Promise<void>,
  { failures, failed }: { failures: number; failed: (times: number) => Promise<void> },
): Promise<Reading> {
  try {
    await read()
    return 'read'
  } catch (error) {
    if (isRefused(error)) return 'refused'
    if (!(error instanceof StandinError) || error.reason !== 'TRACKUNIT_UNAVAILABLE') throw error
    if (failures + 1 >= mostFailures) return 'no answer'
    await failed(failures + 1)
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { retryAfterMs: firstPauseMs * 2 ** failures, cause: error })
  }
}
