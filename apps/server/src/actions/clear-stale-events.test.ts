import { StandinError } from 'standin'
import { fleetOf, type Played, type SimulatedEvent } from 'standin/testing'
import { describe, expect, test } from 'vitest'
import { clearStaleEvents } from './clear-stale-events.ts'
import { createReferenceStage } from './test/reference-stage.ts'

const dayMs = 86_400_000
const now = new Date('2026-11-24T08:00:00.000Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs).toISOString()

const eventsOf = (size: number, of: (nth: number) => Partial<SimulatedEvent> = () => ({})): SimulatedEvent[] =>
  Array.from({ length: size }, (_, nth) => ({
    id: `e${nth + 1}`,
    assetId: `m${(nth % 10) + 1}`,
    type: nth % 3 ? 'ALERT' : 'MACHINE_FAULT',
    criticality: 'LOW',
    status: 'OPEN',
    time: daysAgo(100 + (nth % 200)),
    ...of(nth),
  }))

const stageOf = (size: number, of?: Parameters<typeof eventsOf>[1], given: object = {}) =>
  createReferenceStage({ machines: fleetOf(10), events: eventsOf(size, of), now, ...given })
const idsOf = ({ rows }: Played) => rows.map(({ id }) => id)
const dismissedIn = (stage: ReturnType<typeof createReferenceStage>) =>
  stage.world.events.filter(({ status }) => status === 'DISMISSED').map(({ id }) => id)
const dismissals = ({ requests }: Played) => requests.filter((path) => path === 'eventDismiss').length

describe('clear stale events: the preview', () => {
  test('lists what would be dismissed and changes nothing', async () => {
    const stage = stageOf(6)
    const played = await stage.play(clearStaleEvents, { mode: 'preview' })

    expect(played.headline).toBe('6 events would be dismissed. Nothing has changed yet.')
    expect(played.detail).toBe('Only these events are dismissed, no newer ones.')
    expect(played.rows[0]).toMatchObject({
      machine: { id: 'm1', name: 'Volvo M1' },
      cells: { kind: 'Machine fault', grade: 'Low', openedAt: daysAgo(100), site: 'Site 0' },
    })
    expect(dismissedIn(stage)).toEqual([])
    expect(dismissals(played)).toBe(0)
    expect(Object.keys(played.files)).toEqual(['stale-events.csv', 'stale-events.xlsx'])
  })

  test('with nothing old, there is nothing to dismiss', async () => {
    const stage = stageOf(3, () => ({ time: daysAgo(20) }))
    const played = await stage.play(clearStaleEvents, { mode: 'preview' })
    expect(played.headline).toBe('No open events are older than 90 days. There is nothing to dismiss.')
    const applied = await stage.play(clearStaleEvents, { preview: played })
    expect(applied.headline).toBe('There was nothing to dismiss.')
  })

  test.for([0, 1, 101])('of %i machines every event is listed, with its machine’s name', async (size) => {
    const events = eventsOf(size, (nth) => ({ assetId: `m${nth + 1}` }))
    const stage = createReferenceStage({ machines: fleetOf(size), events, now })
    const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
    const played = await stage.play(clearStaleEvents, { preview })

    expect(preview.rows.map(({ cells }) => cells.name)).toEqual(fleetOf(size).map(({ name }) => name))
    expect(dismissedIn(stage)).toHaveLength(size)
    expect(played.rows).toHaveLength(size)
  })

  test('values that Trackunit leaves out of machines affect no event', async () => {
    const stage = stageOf(20, undefined, { isPartial: true, vanished: new Set(['m3']) })
    const played = await stage.play(clearStaleEvents, { mode: 'preview' })
    expect(played.rows).toHaveLength(20)
    expect(played.rows[2]?.machine).toMatchObject({ id: 'm3', name: 'Unknown machine' })
  })

  test.for([false, true])(
    'kinds, grades, age and status are respected; the day begins in the account’s zone (Trackunit ignores filters: %s)',
    async (ignoresEventFilters) => {
      const startOfDayInCopenhagen = '2026-08-25T22:00:00.000Z' // 90 days before 24 November.
      const stage = stageOf(
        8,
        (nth) =>
          [
            { time: '2026-08-25T21:59:59.000Z' },
            { time: startOfDayInCopenhagen },
            { criticality: 'CRITICAL' },
            { type: 'DAMAGE_REPORT' },
            { status: 'CLOSED' },
            { criticality: 'NONE', type: 'PRE_CHECK' },
            { time: daysAgo(500) },
            { type: 'A_KIND_OF_TOMORROW' },
          ][nth] ?? {},
        { ignoresEventFilters },
      )

      expect(idsOf(await stage.play(clearStaleEvents, { mode: 'preview' }))).toEqual(['e1', 'e6'])
    },
  )

  test('chosen machines are respected, including types, which Trackunit’s list cannot filter', async () => {
    const stage = stageOf(20)
    const input = { machines: { types: ['ROLLER'] } }
    const played = await stage.play(clearStaleEvents, { mode: 'preview', input })
    expect(new Set(played.rows.map(({ machine }) => machine?.id))).toEqual(new Set(['m2', 'm6', 'm10']))
  })

  test('invariant 23: 20,000 machines’ events take as many half hours as two requests each allow, and it says so', {
    timeout: 90_000,
  }, async () => {
    const stage = createReferenceStage({ machines: fleetOf(20_000), events: eventsOf(4_500), now })
    const played = await stage.play(clearStaleEvents, { mode: 'preview' })

    expect(idsOf(played)).toHaveLength(4_500)
    expect(stage.now().getTime() - now.getTime()).toBe(60 * 60_000)
    expect(played.requests.filter((path) => path.includes('asset-event'))).toHaveLength(7) // Two of them were told to wait.
    expect(played.log).toContain('5 lists to read. Trackunit allows two per half hour, so this takes about 1 h.')
  })

  test('an event of an unknown machine is listed too', async () => {
    const stage = stageOf(1, () => ({ assetId: 'gone' }))
    const played = await stage.play(clearStaleEvents, { mode: 'preview' })
    expect(played.rows[0]?.machine).toEqual({ id: 'gone', name: 'Unknown machine', detail: null })
  })
})

describe('clear stale events: the dismissal', () => {
  test('dismisses exactly what the preview listed, no newer events', async () => {
    const stage = stageOf(30)
    const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
    stage.world.events.push(...eventsOf(40).slice(30))

    const played = await stage.play(clearStaleEvents, { preview })

    expect(dismissedIn(stage)).toEqual(idsOf(preview))
    expect(idsOf(played)).toEqual(idsOf(preview))
    expect(played.headline).toBe('30 events dismissed.')
    expect(played.rows.every(({ cells }) => cells.outcome === 'Dismissed')).toBe(true)
  })

  test('without a preview it does nothing', async () => {
    const stage = stageOf(3)
    await expect(stage.play(clearStaleEvents)).rejects.toMatchObject({ reason: 'PREVIEW_REQUIRED' })
    expect(dismissedIn(stage)).toEqual([])
  })

  test('one that Trackunit no longer knows is reported, and affects no other', async () => {
    const stage = stageOf(5)
    const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
    stage.world.events = stage.world.events.filter(({ id }) => id !== 'e2')

    const played = await stage.play(clearStaleEvents, { preview })

    expect(played.headline).toBe('4 of 5 events dismissed.')
    expect(played.rows[1]).toMatchObject({ id: 'e2', cells: { outcome: 'Not dismissed' } })
  })

  test('if Trackunit accepts none of the first, the rest is not tried', async () => {
    let dismissals = 0
    const onRequest = (_: number, path: string) => {
      if (path === 'eventDismiss') dismissals++
      return 'answer' as const
    }
    const stage = stageOf(300, undefined, { onRequest })
    const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
    stage.world.plan = 'basic'

    await expect(stage.play(clearStaleEvents, { preview })).rejects.toMatchObject({ reason: 'TRACKUNIT_REFUSED' })
    expect(dismissals).toBe(10)
    expect(dismissedIn(stage)).toEqual([])
  })

  test('a run that stops halfway shows which events are dismissed, and that the others are unchanged', async () => {
    let dismissals = 0
    const onRequest = (_: number, path: string) => {
      if (path === 'eventDismiss' && ++dismissals > 60) throw new StandinError('CREDENTIALS_REJECTED')
      return 'answer' as const
    }
    const stage = stageOf(100, undefined, { onRequest })
    const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
    const played = await stage.play(clearStaleEvents, { preview, endsHalfWay: true })

    // Ten more than the last checkpoint knows of, and the one that was asked for when no answer came.
    expect(played.rows).toHaveLength(61)
    expect(played.headline).toBe('60 of 100 events dismissed so far.')
    const note =
      '60 of 100 events dismissed. For 1 event the outcome is unknown. Look it up in Trackunit. 39 other events are unchanged.'
    expect(played.detail).toBe(note)
    expect(dismissedIn(stage)).toHaveLength(60)
    const lines = (played.files['dismissed-events-part.csv'] ?? '').split('\r\n')
    expect(lines[0]).toContain(note)
    expect(lines.filter((line) => line.split(',').includes('Dismissed'))).toHaveLength(60)
    expect(lines.filter((line) => line.split(',').includes('Unknown'))).toHaveLength(1)
  })

  test('there is a checkpoint before the first change: a run that waits without one is stopped with nothing to show', async () => {
    const onRequest = (_: number, path: string) => {
      if (path === 'eventDismiss') throw new StandinError('CREDENTIALS_REJECTED')
      return 'answer' as const
    }
    const stage = stageOf(3, undefined, { onRequest })
    const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
    const played = await stage.play(clearStaleEvents, { preview, endsHalfWay: true })
    expect(played.checkpoint).toMatchObject({ done: 0 })
    expect(played.detail).toBe(
      '0 of 3 events dismissed. For 1 event the outcome is unknown. Look it up in Trackunit. 2 other events are unchanged.',
    )
  })

  test('a preview that ends halfway says that nothing has changed, and leaves what was read', async () => {
    let lists = 0
    const onRequest = (_: number, path: string) => {
      if (path.endsWith('/log') && ++lists > 1) throw new StandinError('CREDENTIALS_REJECTED')
      return 'answer' as const
    }
    const stage = stageOf(2_000, undefined, { onRequest })
    const played = await stage.play(clearStaleEvents, { mode: 'preview', endsHalfWay: true })

    expect(played.rows.length).toBeGreaterThan(0)
    expect(played.detail).toBe('1 event list read; some are missing. Nothing has changed.')
    expect(Object.keys(played.files)).toEqual(['stale-events-part.csv'])
  })

  test.for([{ dieAfter: true } as const, 'die' as const, { limitedForMs: 60_000 }])(
    'invariant 19: after %j in the middle, each event is dismissed once',
    async (fate) => {
      const given = { onRequest: (nth: number) => (nth === 40 ? fate : ('answer' as const)) }
      const stage = stageOf(60, undefined, given)
      const preview = await stage.play(clearStaleEvents, { mode: 'preview' })
      const played = await stage.play(clearStaleEvents, { preview })

      expect(dismissedIn(stage)).toHaveLength(60)
      expect(played.headline).toBe('60 events dismissed.')
      expect(idsOf(played)).toEqual(idsOf(preview))
      // The one that was under way is looked up before it is tried again, where it may have happened.
      const isTriedAgain = fate === 'die' || 'limitedForMs' in (fate as object)
      expect(dismissals(played)).toBe(isTriedAgain ? 61 : 60)
    },
  )
})
