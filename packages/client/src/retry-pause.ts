import type { StandinClientError } from './standin-client-error.ts'

/** A caller that would have to wait longer than this, in milliseconds, gets the error at once. */
export const longestPauseMs = 60_000
const [firstMs, mostMs] = [500, 8_000]

/**
 * How long to wait before a failed attempt is repeated, in milliseconds; undefined if it must not be repeated. The pause
 * doubles with each attempt, and up to half of it is random, so that many callers do not return at the same moment.
 * @param attempt that failed, from 1
 * @param random from 0 to 1
 */
export function retryPauseMs(
  { retry, retryAfterMs }: Pick<StandinClientError, 'retry' | 'retryAfterMs'>,
  attempt: number,
  random: number,
): number | undefined {
  if (retry === 'never') return undefined
  const growing = Math.min(firstMs * 2 ** (attempt - 1), mostMs) * (1 - random / 2)
  const pauseMs = Math.max(growing, retryAfterMs ?? 0)
  return pauseMs <= longestPauseMs ? pauseMs : undefined
}
