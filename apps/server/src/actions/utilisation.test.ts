import { fleetOf, type Played } from 'standin/testing'
import { describe, expect, test } from 'vitest'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { createReferenceStage } from './test/reference-stage.ts'
import { utilisation } from './utilisation.ts'

const dayMs = 86_400_000
/** A Monday, in the morning. */
const begins = new Date('2026-09-28T04:00:00.000Z')

type Stage = ReturnType<typeof createReferenceStage>

/** Works all machines for some days, with a snapshot on each that is asked for. */
async function live(
  stage: Stage,
  days: number,
  snapshots: (day: number) => boolean = () => true,
  lazy: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (let day = 0; day < days; day++) {
    for (const machine of stage.world.machines) machine.lastSeen = stage.now().toISOString()
    if (snapshots(day)) await stage.play(fleetSnapshot)
    for (const machine of stage.world.machines) {
      if (typeof machine.hours === 'number') machine.hours += 8
      if (typeof machine.idleHours === 'number') machine.idleHours += lazy.has(machine.id) ? 6 : 2
    }
    stage.pass(dayMs)
  }
}

const rowsOf = ({ rows }: Played, week: string) =>
  rows.filter(({ cells }) => cells.week === week).map(({ cells }) => cells)
const compared = ({ chart }: Played) => {
  if (chart?.kind !== 'compared') throw new Error('no comparison')
  return chart
}

describe('utilisation and idle', () => {
  test('says what is needed if no counters are stored yet', async () => {
    const played = await createReferenceStage({ machines: fleetOf(3) }).play(utilisation)

    expect(played.headline).toBe('There are no full weeks to compare yet.')
    expect(played.offer).toMatchObject({ actionId: 'fleet-snapshot', title: 'A fleet snapshot every day at 05:00' })
    expect(played).toMatchObject({ rows: [], files: {} })
    expect(played.requests).toEqual([]) // It works on every plan.
  })

  test('a fleet without machines has nothing to compare', async () => {
    const stage = createReferenceStage({ now: begins })
    await live(stage, 8)
    expect((await stage.play(utilisation)).headline).toMatch(/^There are no full weeks/)
  })

  test.for([
    [1, '14 of 56'],
    [101, '1,414 of 5,656'],
  ] as const)('%i machines are summed whole', async ([size, hours]) => {
    const stage = createReferenceStage({ machines: fleetOf(size), now: begins })
    await live(stage, 8)
    const played = await stage.play(utilisation, { input: { weeks: 1 } })
    expect(played.headline).toBe(`Engines idled for 25\u00a0% of their hours last week: ${hours}.`)
  })

  test('values missing from a snapshot, or a machine that is gone, affect no other machine’s hours', async () => {
    const stage = createReferenceStage({ machines: fleetOf(20), now: begins, isPartial: true, hasAemp: false })
    await live(stage, 4)
    stage.world.machines = stage.world.machines.filter(({ id }) => id !== 'm2')
    await live(stage, 4)

    const played = await stage.play(utilisation, { input: { weeks: 1 } })

    // 16 have seven days; the one that is gone, and two whose hours were left out on half of the days, have three.
    expect(played.headline).toBe('19 machines ran for 968 hours last week. Idle hours are unknown.')
  })

  test('sums stored hours and idle hours by week, type and site, and draws them', async () => {
    const stage = createReferenceStage({ machines: fleetOf(6), now: begins })
    await live(stage, 29)

    const played = await stage.play(utilisation, { input: { weeks: 5 } })

    expect(played.headline).toBe('Engines idled for 25\u00a0% of their hours last week: 84 of 336.')
    expect(played.figure).toEqual({ value: 25, unit: 'percent', words: 'of engine hours were idle last week' })
    expect(played.detail).toBe('As in week 42.')
    expect(rowsOf(played, 'W43')[0]).toEqual({
      week: 'W43',
      type: 'Excavator',
      site: 'Site 0',
      machines: 2,
      hours: 112,
      idleHours: 28,
      idleShare: 25,
      shareBefore: 25,
    })
    // What is new is told by type and site: one more week is nothing new.
    const pairs = new Set(played.rows.map(({ cells }) => `${cells.type} ${cells.site}`))
    expect(played.rows.length).toBeGreaterThan(pairs.size)
    expect(new Set(played.rows.map(({ about }) => about))).toEqual(pairs)
    expect(compared(played)).toMatchObject({
      periods: ['W39', 'W40', 'W41', 'W42', 'W43'].map((label) => ({ label, isPartial: false })),
      groupings: [{ key: 'type' }, { key: 'site' }],
      partialNote: null,
    })
    const [types, sites] = compared(played).groupings
    expect(types?.rows[0]).toMatchObject({ detail: '28 of 112 hours', values: [null, 25, 25, 25, 25] })
    expect(sites?.rows.map(({ label }) => label).sort()).toEqual(['Site 0', 'Site 1', 'Site 2', 'Site 3'])
    expect(played.files['utilisation.csv']).toContain('Engine hours (h),Idle hours (h),Idle share (%)')
  })

  test('a week without snapshots is a gap, and machines that worked in it are mentioned', async () => {
    const stage = createReferenceStage({ machines: fleetOf(6), now: begins })
    await live(stage, 36, (day) => day < 7 || day > 20)

    const played = await stage.play(utilisation, { input: { weeks: 5 } })

    const { groupings, periods, partialNote } = compared(played)
    expect(groupings[0]?.rows[0]?.values).toEqual([25, null, null, 25, 25])
    // Hours of the first are lost in the gap after it; nothing is known of the two in the gap.
    expect(periods.map(({ isPartial }) => isPartial)).toEqual([true, false, false, false, false])
    expect(partialNote).toContain('Week 40 is partial (hatched). 6 machines worked during more than eight days')
  })

  test('a counter that is reset is reported, and the time around it is left out', async () => {
    const stage = createReferenceStage({ machines: fleetOf(2), now: begins })
    await live(stage, 10)
    const [first] = stage.world.machines
    if (first) Object.assign(first, { hours: 0, idleHours: 0 })
    await live(stage, 12)

    const played = await stage.play(utilisation, { input: { weeks: 3 } })

    expect(played.detail).toContain('One machine had a counter that was reset or jumped')
    expect(rowsOf(played, 'W41')).toMatchObject([
      { type: 'Roller', hours: 56 },
      { type: 'Excavator', hours: 48 },
    ])
  })

  test('hours with unknown idle time are in no share', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(4, (nth) => (nth === 0 ? { idleHours: null } : {})),
      now: begins,
    })
    await live(stage, 22)

    const played = await stage.play(utilisation, { input: { weeks: 3 } })

    expect(played.headline).toBe('Engines idled for 25\u00a0% of their hours last week: 42 of 168.')
    expect(compared(played).groupings[0]?.rows.map(({ detail }) => detail)).toEqual(Array(3).fill('14 of 56 hours'))
    expect(rowsOf(played, 'W42').at(-1)).toMatchObject({
      type: 'Excavator',
      hours: 56,
      idleHours: null,
      idleShare: null,
    })
  })

  test('without idle hours it says how long machines ran', async () => {
    const stage = createReferenceStage({ machines: fleetOf(4), now: begins, hasAemp: false })
    await live(stage, 15)
    const played = await stage.play(utilisation, { input: { weeks: 2 } })
    expect(played.headline).toBe('4 machines ran for 224 hours last week. Idle hours are unknown.')
    expect(played.chart).toBeUndefined()
  })

  test('with only the AEMP snapshot it is just as complete', async () => {
    const stage = createReferenceStage({ machines: fleetOf(4), now: begins, plan: 'basic' })
    await live(stage, 15)
    const played = await stage.play(utilisation, { input: { weeks: 2 } })
    expect(played.headline).toBe('Engines idled for 25\u00a0% of their hours last week: 56 of 224.')
  })

  test('a choice of machines is kept to', async () => {
    const stage = createReferenceStage({ machines: fleetOf(8), now: begins })
    await live(stage, 8)
    const played = await stage.play(utilisation, { input: { weeks: 1, machines: { types: ['ROLLER'] } } })
    expect(rowsOf(played, 'W40')).toMatchObject([{ type: 'Roller', machines: 2 }])
    expect(compared(played).groupings[0]?.rows).toMatchObject([{ label: 'Roller', detail: '28 of 112 hours' }])
  })

  test('20,000 machines are summed whole', { timeout: 90_000 }, async () => {
    const stage = createReferenceStage({ machines: fleetOf(20_000), now: begins })
    await stage.collect()
    stage.pass(7 * dayMs)
    for (const machine of stage.world.machines)
      Object.assign(machine, { hours: (machine.hours ?? 0) + 56, idleHours: 314 })
    await stage.collect()
    const played = await stage.play(utilisation, { input: { weeks: 1 } })
    expect(played.headline).toBe('Engines idled for 25\u00a0% of their hours last week: 280,000 of 1,120,000.')
  })

  test('each hour is in one row, and once in each comparison', async () => {
    const stage = createReferenceStage({ machines: fleetOf(17), now: begins })
    await live(stage, 15)
    const played = await stage.play(utilisation, { input: { weeks: 2 } })
    const sum = rowsOf(played, 'W41').reduce((all, { hours }) => all + Number(hours), 0)
    expect(sum).toBe(17 * 56)
    for (const { rows } of compared(played).groupings)
      expect(rows.reduce((all, { detail }) => all + Number(/of ([\d,]+)/.exec(detail ?? '')?.[1]), 0)).toBe(sum)
  })

  test('a rise is reported, and the worst comes first', async () => {
    const stage = createReferenceStage({ machines: fleetOf(6), now: begins })
    await live(stage, 7)
    await live(stage, 8, undefined, new Set(stage.world.machines.slice(0, 1).map(({ id }) => id)))
    const played = await stage.play(utilisation, { input: { weeks: 2 } })
    expect(played.detail).toMatch(/^Up \d+ points? from week 40\.$/)
    const [types] = compared(played).groupings
    const last = types?.rows.map(({ values }) => values.at(-1) ?? 0) ?? []
    expect(last[0]).toBeGreaterThan(last.at(-1) ?? 0)
    expect(last).toEqual(last.toSorted((left, right) => right - left))
  })
})
