import { StandinError } from '../standin-error.ts'

/**
 * Whether Trackunit refused a request, or the plan does not allow it: asking again does not help. With a time after which it
 * may help, Trackunit has not judged the request: it accepts no token for now.
 */
export const isRefused = (error: unknown): error is StandinError =>
  error instanceof StandinError &&
  ['TRACKUNIT_REFUSED', 'PLAN_REQUIRED'].includes(error.reason) &&
  error.retryAfterMs === undefined
