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
async function live(stage: Stage, days: number, snapshots: (day: number) => boolean = () => true): Promise<void> {
  for (let day = 0; day < days; day++) {
    for (const machine of stage.world.machines) machine.lastSeen = stage.now().toISOString()
    if (snapshots(day)) await stage.play(fleetSnapshot)
    for (const machine of stage.world.machines) {
      if (typeof machine.hours === 'number') machine.hours += 8
      if (typeof machine.idleHours === 'number') machine.idleHours += 2
    }
    stage.pass(dayMs)
  }
}

const rowsOf = ({ rows }: Played, week: string, by: string) =>
  rows.filter(({ cells }) => cells.week === week && cells.by === by).map(({ cells }) => cells)

describe('utilisation and idle', () => {
  test('says what is needed if no counters are stored yet', async () => {
    const played = await createReferenceStage({ machines: fleetOf(3) }).play(utilisation)

    expect(played.headline).toBe(
      'There are no full weeks to compare yet. Run the fleet snapshot, ideally every day, to collect hours.',
    )
    expect(played.rows).toEqual([])
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
    expect(rowsOf(played, 'W43', 'Type')[0]).toEqual({
      ...{ week: 'W43', by: 'Type', name: 'Excavator', machines: 2, hours: 112, idleHours: 28 },
      ...{ idleShare: 25, shareBefore: 25 },
    })
    expect(rowsOf(played, 'W43', 'Site').map(({ name, hours }) => [name, hours])).toEqual([
      ['Site 0', 112],
      ['Site 1', 112],
      ['Site 2', 56],
      ['Site 3', 56],
    ])
    expect(played.chart).toMatchObject({
      kind: 'stacked',
      unit: 'hours',
      series: [{ key: 'work' }, { key: 'idle' }],
      columns: [
        { label: 'W39', values: { work: null, idle: null }, note: 'no data' },
        { label: 'W40', values: { work: 252, idle: 84 }, note: '25\u00a0%' },
        ...Array(3).fill({ values: { work: 252, idle: 84 } }),
      ],
    })
    expect(played.files['utilisation.csv']).toContain('Engine hours (h),Idle hours (h),Idle share (%)')
  })

  test('a week without snapshots is a gap, and machines that worked in it are mentioned', async () => {
    const stage = createReferenceStage({ machines: fleetOf(6), now: begins })
    await live(stage, 36, (day) => day < 7 || day > 20)

    const played = await stage.play(utilisation, { input: { weeks: 5 } })

    const columns = played.chart?.kind === 'stacked' ? played.chart.columns : []
    expect(columns.map(({ values, note }) => [values.work, note])).toEqual([
      [216, '25\u00a0%'], // From the first snapshot on, six days.
      [null, 'no data'],
      [null, 'no data'],
      [252, '25\u00a0%'],
      [252, '25\u00a0%'],
    ])
    expect(played.detail).toContain('6 machines worked during more than eight days without a snapshot')
  })

  test('a counter that is reset is told, and what lies around it left out', async () => {
    const stage = createReferenceStage({ machines: fleetOf(2), now: begins })
    await live(stage, 10)
    const [first] = stage.world.machines
    if (first) Object.assign(first, { hours: 0, idleHours: 0 })
    await live(stage, 12)

    const played = await stage.play(utilisation, { input: { weeks: 3 } })

    expect(played.detail).toContain('One machine had a counter that was reset or jumped')
    expect(rowsOf(played, 'W41', 'Type')).toMatchObject([
      { name: 'Roller', hours: 56 },
      { name: 'Excavator', hours: 48 },
    ])
  })

  test('hours with unknown idle time are a series of their own', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(4, (nth) => (nth === 0 ? { idleHours: null } : {})),
      now: begins,
    })
    await live(stage, 22)

    const played = await stage.play(utilisation, { input: { weeks: 3 } })

    expect(played.headline).toBe('Engines idled for 25\u00a0% of their hours last week: 42 of 168.')
    expect(played.chart).toMatchObject({ columns: Array(3).fill({ values: { work: 126, idle: 42, unknown: 56 } }) })
    expect(rowsOf(played, 'W42', 'Type').at(-1)).toMatchObject({
      name: 'Excavator',
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
    expect(played.chart).toBeUndefined() // Two weeks are told, not drawn.
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
    expect(rowsOf(played, 'W40', 'Type')).toMatchObject([{ name: 'Roller', machines: 2 }])
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
})
