const longestMs = 3_600_000

/**
 * How long an answer asks to wait, in seconds or until a date; at most an hour. Undefined where it does not say, or not
 * in a known form.
 * @see RFC 9110 §10.2.3
 */
export function retryAfterOf(headers: Headers, now: Date): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (!text) return undefined
  const askedForMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime()
  return askedForMs >= 0 ? Math.min(askedForMs, longestMs) : undefined
}
