import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findTroubles } from './find-troubles.ts'
import type { Now, StoredNow } from './now.ts'

const at = new Date('2026-03-01T03:00:00Z')
const stored: StoredNow = {
  at,
  signInDownForS: 0,
  keysFetchedAt: at,
  replicas: [],
  keyReaders: [{ replicaId: 1, writes: 'k1', reads: ['k1'] }],
  accounts: { active: 3 },
  waiting: { approval: 0, quarantined: 0 },
  heldCallbacks: 0,
  oldestDueProofS: 0,
  oldestDueDeliveryS: 0,
  openRuns: {},
}
const well: Now = {
  database: { trouble: undefined, downForMs: 0, bridgesMs: 600_000 },
  clockAheadMs: undefined,
  keysMissing: [],
  spoolBytes: 0,
  replicaId: 1,
  parts: ['api'],
  keys: { encryption: ['k1'], audit: ['a1'] },
  stored,
}
const now = (change: Partial<Now> = {}, ofStored: Partial<StoredNow> = {}): Now => ({
  ...well,
  stored: { ...stored, ...ofStored },
  ...change,
})
const down = { trouble: 'down', downForMs: 120_000, bridgesMs: 600_000 } as const

test('nothing is wrong while all is well', () => {
  expect(findTroubles(now(), at)).toEqual([])
})

test.for<[string, Now, 'bad' | 'warn', RegExp]>([
  ['the database is down', now({ database: down }), 'bad', /^The database does not answer, for 2 min$/],
  ['a commit hangs', now({ database: { ...down, trouble: 'not-committing' } }), 'bad', /does not commit/],
  ['it is a standby', now({ database: { ...down, trouble: 'read-only' } }), 'bad', /read-only/],
  ['its disk is full', now({ database: { ...down, trouble: 'full' } }), 'bad', /full disk/],
  ['it was restored', now({ database: { ...down, trouble: 'behind' } }), 'bad', /lacks what was committed/],
  ['a key is missing', now({ keysMissing: ['STANDIN_AUDIT_KEYS a2'] }), 'bad', /lacks STANDIN_AUDIT_KEYS a2/],
  ['the clock is behind', now({ clockAheadMs: -90_000 }), 'bad', /clock is 90 s behind the database/],
  ['the spool is not empty', now({ spoolBytes: 12 }), 'warn', /Hand-outs of an outage/],
  ['the spool cannot be read', now({ spoolBytes: undefined }), 'warn', /spool cannot be read/],
  ['the sign-in fails for a minute', now({}, { signInDownForS: 60 }), 'warn', /sign-in does not answer, for 60 s/],
  ['the sign-in fails for long', now({}, { signInDownForS: 301 }), 'bad', /for 5 min/],
  [
    'keys were not fetched',
    now({}, { keysFetchedAt: new Date(at.getTime() - 3_600_000) }),
    'warn',
    /fetched 60 min ago/,
  ],
  ['proofs are late', now({}, { oldestDueProofS: 301 }), 'bad', /due to be proven for 5 min/],
  ['deliveries are late', now({}, { oldestDueDeliveryS: 901 }), 'warn', /due to be sent for 15 min/],
  ['one callback is held', now({}, { heldCallbacks: 1 }), 'warn', /^1 callback is held$/],
  ['many callbacks are held', now({}, { heldCallbacks: 801 }), 'bad', /^801 callbacks are held$/],
  [
    'an account awaits approval',
    now({}, { waiting: { approval: 1, quarantined: 0 } }),
    'warn',
    /^1 account awaits approval/,
  ],
  ['credentials are in quarantine', now({}, { waiting: { approval: 0, quarantined: 2 } }), 'warn', /^2 accounts have/],
  [
    'a replica lacks the key',
    now({}, { keyReaders: [{ replicaId: 2, writes: 'k0', reads: ['k0'] }] }),
    'bad',
    /lacks the key k1/,
  ],
])('%s', ([, seen, tone, what]) => {
  expect(findTroubles(seen, at)).toEqual([expect.objectContaining({ tone, what: expect.stringMatching(what) })])
  for (const { means, toDo } of findTroubles(seen, at)) expect([means, toDo]).not.toContain('')
})

test('what cannot wait comes first, and what an old answer of the database says does not count', () => {
  const both = findTroubles(now({ keysMissing: ['x'], spoolBytes: 1 }, { heldCallbacks: 3 }), at)
  expect(both.map(({ tone }) => tone)).toEqual(['bad', 'warn', 'warn'])
  expect(findTroubles(now({ database: down }, { heldCallbacks: 3 }), at)).toHaveLength(1)
})

test('a server that no longer bridges the outage says so', () => {
  const [bridged] = findTroubles(now({ database: down }), at)
  const [over] = findTroubles(now({ database: { ...down, downForMs: 600_000 } }), at)
  expect([bridged?.means, over?.means]).toEqual([
    expect.stringContaining('for another 8 min'),
    expect.stringContaining('no longer serves tokens'),
  ])
})

test('it waits as long as the alerts do', () => {
  const rules = readFileSync(new URL('../../../../deploy/alerts.yaml', import.meta.url), 'utf8')
  for (const [metric, limit] of [
    ['standin_sign_in_down_seconds', 300],
    ['standin_oldest_due_proof_seconds', 300],
    ['standin_oldest_due_delivery_seconds', 900],
    ['standin_callbacks_held', 800],
  ])
    expect(rules).toContain(`max(${metric}) > ${limit}`)
})
