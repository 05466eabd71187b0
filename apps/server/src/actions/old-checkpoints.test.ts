import { fleetOf } from 'standin/testing'
import { expect, test } from 'vitest'
import { attentionList } from './attention-list.ts'
import { clearStaleEvents } from './clear-stale-events.ts'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { createReferenceStage } from './test/reference-stage.ts'

/** As they were kept at the first page, without what was added since. */
const listing = {
  source: 'graphql',
  after: null,
  page: 0,
  done: 0,
  total: null,
  isComplete: false,
  isPartial: false,
  vanished: 0,
}
const stage = () => createReferenceStage({ machines: fleetOf(101) })

test('invariant 19: a run that began under the previous version continues after a deploy', async () => {
  const snapshot = { phase: 'list', listing, page: 1, hasIdleHours: true }
  expect((await stage().play(fleetSnapshot, { resumedFrom: snapshot })).headline).toMatch(/^101 machines listed/)

  const attention = {
    phase: 'list',
    listing,
    page: 0,
    issues: {},
    overdue: [],
    leftOut: [],
    isLastSeenKnown: true,
  }
  expect((await stage().play(attentionList, { resumedFrom: attention })).headline).toMatch(/machine/)

  const preview = {
    phase: 'machines',
    listing,
    fromTime: '2026-01-01T00:00:00.000Z',
    toTime: '2026-11-01T00:00:00.000Z',
    page: 0,
    requests: 0,
    found: 0,
    byKind: {},
    oldest: null,
  }
  const played = await stage().play(clearStaleEvents, { mode: 'preview', resumedFrom: preview })
  expect(played.headline).toMatch(/event/)
})

/** When its list was complete. */
const complete = { ...listing, after: 'm101', done: 101, total: 101, isComplete: true, isCut: false, elements: null }

test('invariant 19: in the middle of its work as well, with all its files', async () => {
  const whole = await stage().play(fleetSnapshot)
  for (const phase of ['counters', 'write', 'files', 'end']) {
    const before = { phase, listing: complete, page: 1, hasIdleHours: true, failures: 0 }
    const played = await stageThatHasListed().then((stage) => stage.play(fleetSnapshot, { resumedFrom: before }))
    expect([phase, Object.keys(played.files)]).toEqual([phase, Object.keys(whole.files)])
    expect(played.attempts).toBe(1)
  }
  const ranked = { phase: 'rank', listing: complete, page: 3, issues: {}, overdue: ['m1'], leftOut: [], failures: 0 }
  const attention = { ...ranked, isLastSeenKnown: true, areCountersRead: true }
  const played = await stageThatHasListed().then((stage) => stage.play(attentionList, { resumedFrom: attention }))
  expect(Object.keys(played.files)).toEqual(['attention-list.csv', 'attention-list.xlsx'])
})

/** A stage on which a list of machines was read before. */
async function stageThatHasListed() {
  const listed = stage()
  await listed.collect()
  return listed
}

test('invariant 19: changes that were half made are made to the end, and counted once', async () => {
  const now = new Date('2026-11-24T08:00:00.000Z')
  const events = Array.from({ length: 60 }, (_, nth) => ({
    id: `e${nth}`,
    assetId: 'm1',
    type: 'ALERT',
    criticality: 'LOW',
    status: 'OPEN',
    time: '2026-06-01T00:00:00.000Z',
  }))
  const changing = createReferenceStage({ machines: fleetOf(1), events, now })
  const preview = await changing.play(clearStaleEvents, { mode: 'preview' })
  const before = { done: 25, dismissed: 24, refused: 1, inVain: 0 }
  const played = await changing.play(clearStaleEvents, { preview, resumedFrom: before })
  expect(played.headline).toBe('59 of 60 events dismissed.')
  expect(played.requests.filter((path) => path === 'eventDismiss')).toHaveLength(35)
})
