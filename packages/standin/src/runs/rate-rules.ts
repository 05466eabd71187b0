import { createHash } from 'node:crypto'
import type { LimitedRequest } from '../trackunit/request-limits.ts'
import { withRateLimit } from '../trackunit/with-rate-limit.ts'
import type { BudgetRule } from './rate-budget.ts'

/** A limit that a request falls under. */
export interface Limit {
  key: string
  /** Null: over all accounts. */
  accountId: string | null
  rule: BudgetRule
}

const minuteMs = 60_000
const dayMs = 24 * 3_600_000

/** One request per url every 15 minutes, of a pool of 50 that comes back after 30 days. */
const aemp = [
  { most: 1, windowMs: 15 * minuteMs },
  { most: 50, windowMs: 30 * dayMs },
]
/** Two requests in 30 minutes, for the log and the ongoing ones together. */
const assetEvents = [{ most: 2, windowMs: 30 * minuteMs }]

/** Stop while fewer than ten times a document's cost is left, is the advice; a schedule leaves as much again to people. */
const reserves = { person: 10, schedule: 20 }
/** How far away a turn may be that is waited for. A schedule's requests never keep a person's waiting for longer. */
const patienceMs = { person: 2_000, schedule: 500 }

export interface Spender {
  accountId: string
  /** Whether a person or a service waits for it. */
  isUrgent: boolean
}

/** The limits under which a request falls, those of its account before the one over all. */
export function limitsOf(
  request: LimitedRequest,
  { accountId, isUrgent }: Spender,
  { perSecond }: { perSecond: number },
): Limit[] {
  const who = isUrgent ? 'person' : 'schedule'
  return [{ ...ofAccount(request, who), accountId }, ceiling({ perSecond, patienceMs: patienceMs[who] })].map(
    (limit) => (limit.accountId === null ? limit : { ...limit, key: `${accountId} ${limit.key}` }),
  )
}

/** Over all accounts, `/apptoken` included. */
export const ceiling = (turns: { perSecond: number; patienceMs: number }): Limit => ({
  key: 'over all',
  accountId: null,
  rule: { kind: 'turns', ...turns },
})

function ofAccount({ method, path, document }: LimitedRequest, who: keyof typeof reserves): Omit<Limit, 'accountId'> {
  if (document !== undefined)
    return {
      key: 'graphql',
      rule: {
        kind: 'points',
        document: fingerprintOf(document),
        reserve: reserves[who],
        saysWhatIsLeft: withRateLimit(document).includes('rateLimit'),
      },
    }
  if (/\/asset-event\//.test(path)) return { key: 'asset-event', rule: { kind: 'windows', windows: assetEvents } }
  if (method === 'GET' && /\/aemp\//i.test(path))
    return { key: `aemp ${path}`, rule: { kind: 'windows', windows: aemp } }
  return { key: `rest ${familyOf(path)}`, rule: { kind: 'told' } }
}

/** A document's short name in the table. */
export const fingerprintOf = (document: string): string =>
  createHash('sha256').update(document).digest('base64url').slice(0, 16)

/** Addresses that differ in ids alone have their limits together: where one is refused, so are its neighbours. */
const familyOf = (path: string): string =>
  path
    .split('/')
    .filter((part) => /^[a-z-]+$|^v\d/i.test(part))
    .join('/')
    .slice(0, 100)
