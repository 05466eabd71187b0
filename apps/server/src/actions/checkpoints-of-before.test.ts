import { fleetOf } from 'standin/testing'
import { expect, test } from 'vitest'
import { attentionList } from './attention-list.ts'
import { clearStaleEvents } from './clear-stale-events.ts'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { createReferenceStage } from './test/reference-stage.ts'

/** As they were kept at the first page, without what was added since. */
const listing = {
  ...{ source: 'graphql', after: null, page: 0, done: 0, total: null },
  ...{ isComplete: false, isPartial: false, vanished: 0 },
}
const stage = () => createReferenceStage({ machines: fleetOf(101) })

test('invariant 19: a run that began under the previous version continues after a deploy', async () => {
  const snapshot = { phase: 'list', listing, page: 1, hasIdleHours: true }
  expect((await stage().play(fleetSnapshot, { resumedFrom: snapshot })).headline).toMatch(/^101 machines listed/)

  const attention = {
    ...{ phase: 'list', listing, page: 0, issues: {}, overdue: [], leftOut: [], isLastSeenKnown: true },
  }
  expect((await stage().play(attentionList, { resumedFrom: attention })).headline).toMatch(/machine/)

  const preview = {
    ...{ phase: 'machines', listing, fromTime: '2026-01-01T00:00:00.000Z', toTime: '2026-11-01T00:00:00.000Z' },
    ...{ page: 0, requests: 0, found: 0, byKind: {}, oldest: null },
  }
  const played = await stage().play(clearStaleEvents, { mode: 'preview', resumedFrom: preview })
  expect(played.headline).toMatch(/event/)
})
