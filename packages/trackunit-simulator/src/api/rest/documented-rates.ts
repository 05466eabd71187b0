import type { Rule } from '../../journal.ts'
import { createRequestLimit, type LimitAnswer, type Limiting } from './request-limit.ts'

/**
 * [doc] The limits of APIs that this simulator does not implement. Time series: 100 queries and 20 other requests a second.
 * Alerts: 1,000 in ten minutes. Locations: one a second for each page (or asset). [ours] An address belongs to one of them if it
 * contains that word.
 */
export function createDocumentedRates(limiting: Limiting) {
  const queries = createRequestLimit({ most: 100, windowMs: 1_000 }, limiting)
  const metrics = createRequestLimit({ most: 20, windowMs: 1_000 }, limiting)
  const alerts = createRequestLimit({ most: 1_000, windowMs: 600_000 }, limiting)
  const locations = createRequestLimit({ most: 1, windowMs: 1_000 }, limiting)

  /** The limit of an address; undefined if none is documented. */
  return (address: string): { rule: Rule; limit: (apiUser: string) => LimitAnswer } | undefined => {
    const { pathname, searchParams } = new URL(address, 'http://trackunit')
    const parts = pathname.split('/')
    if (parts.includes('time-series'))
      return { rule: 'time-series-rate', limit: parts.includes('prometheus') ? queries : metrics }
    if (parts.some((part) => /^alerts?$/.test(part))) return { rule: 'alert-rate', limit: alerts }
    if (parts.some((part) => /^locations?$/.test(part))) {
      const what = `${pathname} ${searchParams.get('page')}`
      return { rule: 'location-rate', limit: (apiUser) => locations(`${apiUser} ${what}`) }
    }
    return undefined
  }
}
