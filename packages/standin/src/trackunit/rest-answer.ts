import { StandinError } from '../standin-error.ts'

interface RestAnswer {
  status: number
  headers: Headers
  text: string
}

const longestWaitS = 3_600

/** The text of a good answer. @throws StandinError with the Trackunit reason of any other */
export function understandStatus({ status, headers, text }: RestAnswer): string {
  const isHtml = headers.get('content-type')?.includes('html') ?? false
  if (status >= 200 && status < 300 && !isHtml) return text
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    throw new StandinError('TRACKUNIT_RATE_LIMITED', {
      retryAfterMs: (seconds >= 0 ? Math.min(seconds, longestWaitS) : 60) * 1_000,
    })
  }
  if (status >= 500) throw new StandinError('TRACKUNIT_UNAVAILABLE')
  if (status === 404 && isHtml) {
    // Seen where a scope is missing; what a missing plan looks like is not documented, so both are named.
    throw new StandinError('TRACKUNIT_REFUSED', {
      detail: 'It answered with a web page, as it does when a permission or the plan is missing.',
    })
  }
  throw new StandinError('TRACKUNIT_REFUSED', { detail: `It answered with status ${status}.` })
}
