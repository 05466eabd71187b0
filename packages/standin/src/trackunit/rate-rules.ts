import { createHash } from 'node:crypto'
import { dayMs } from '../clock.ts'
import { withRateLimit } from './graphql-document.ts'
import type { BudgetRule, Window } from './rate-budget.ts'

export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request as its limits see it. */
export interface LimitedRequest {
  method: RestMethod
  /** Without the query. */
  path: string
  /** The page of a list, as the query names it. */
  page?: string | undefined
  /** Of GraphQL: the document, whose cost is learnt. */
  document?: string | undefined
}

/** A limit that applies to a request. */
export interface Limit {
  /** Unique on the account. */
  key: string
  rule: BudgetRule
}

const minuteMs = 60_000

/** One request per URL every 15 minutes, from a pool of 50 that refills after 30 days. */
const aemp = [
  { most: 1, windowMs: 15 * minuteMs },
  { most: 50, windowMs: 30 * dayMs },
]
/** Two requests in 30 minutes, the log and the ongoing events together. */
const assetEvents = [{ most: 2, windowMs: 30 * minuteMs }]
const alerts = [{ most: 1_000, windowMs: 10 * minuteMs }]
/** For each page, or each asset. */
const locations = [{ most: 1, windowMs: 1_000 }]
/**
 * Four fifths of the documented rates, since requests arrive bunched: for the snapshot's pages, for Prometheus queries, and
 * for the rest of the time series.
 */
const perSecondOf = { aemp: 40, 'time-series queries': 80, 'time-series metrics': 16 } as const

/** Trackunit recommends to stop below ten times a document's cost; schedules leave as much again for people. */
const reserves = { person: 10, schedule: 20 }
/** The longest wait for a turn. Requests of schedules wait for less, so that they never delay a person's for longer. */
const patienceMs = { person: 2_000, schedule: 500 }

export interface Spender {
  accountId: string
  /** Whether a person or a service waits for the answer. */
  isUrgent: boolean
}

/** The limits of its account that apply to a request. Trackunit's answer is about the first. */
export const limitsOf = (request: LimitedRequest, { isUrgent }: Pick<Spender, 'isUrgent'>): Limit[] =>
  ofAccount(request, isUrgent ? 'person' : 'schedule')

/** How long a request waits for its turn under the rate over all accounts, `/apptoken` included. */
export const patienceOf = ({ isUrgent }: Pick<Spender, 'isUrgent'>) => patienceMs[isUrgent ? 'person' : 'schedule']

export const graphqlKey = 'graphql'

function ofAccount({ method, path, page, document }: LimitedRequest, who: keyof typeof reserves): Limit[] {
  if (document !== undefined) {
    const saysWhatIsLeft = withRateLimit(document).includes('rateLimit')
    const rule = { document: fingerprintOf(document), reserve: reserves[who], saysWhatIsLeft }
    return [{ key: graphqlKey, rule: { kind: 'points', ...rule } }]
  }
  const turns = (key: keyof typeof perSecondOf): Limit => ({
    key,
    rule: { kind: 'turns', perSecond: perSecondOf[key], patienceMs: patienceMs[who] },
  })
  const windows = (most: readonly Window[]): BudgetRule => ({ kind: 'windows', windows: most })
  const parts = new Set(path.toLowerCase().split('/'))
  if (parts.has('asset-event')) return [{ key: 'asset-event', rule: windows(assetEvents) }]
  if (method === 'GET' && parts.has('aemp')) return [{ key: `aemp ${path}`, rule: windows(aemp) }, turns('aemp')]
  if (parts.has('time-series')) return [turns(parts.has('prometheus') ? 'time-series queries' : 'time-series metrics')]
  // Trackunit's documentation uses these words, and does not give the addresses.
  if (parts.has('alert') || parts.has('alerts')) return [{ key: 'alerts', rule: windows(alerts) }]
  if (parts.has('location') || parts.has('locations'))
    return [{ key: `locations ${path} ${page ?? ''}`.trimEnd(), rule: windows(locations) }]
  return [{ key: `rest ${familyOf(path)}`, rule: { kind: 'undocumented' } }]
}

/** A document's short name in the table. */
export const fingerprintOf = (document: string): string =>
  createHash('sha256').update(document).digest('base64url').slice(0, 16)

/** Addresses that differ only in ids share a limit: where one is refused, so are the others. */
const familyOf = (path: string): string =>
  path
    .split('/')
    .filter((part) => /^[a-z-]+$|^v\d/i.test(part))
    .join('/')
    .slice(0, 100)
