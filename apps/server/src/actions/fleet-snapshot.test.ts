import { StandinError } from 'standin'
import { fleetOf, type Played } from 'standin/testing'
import { describe, expect, test } from 'vitest'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { createReferenceStage } from './test/reference-stage.ts'

const dayMs = 86_400_000
const linesOf = ({ files }: Played) =>
  (files['fleet-snapshot.csv'] ?? '').replace('\uFEFF', '').split('\r\n').slice(0, -1)
const idsOf = ({ rows }: Played) => rows.map(({ cells }) => cells.machineId)
const rowOf = ({ rows }: Played, id: string) => rows.find((row) => row.id === id)

describe('fleet snapshot', () => {
  test('a fleet without machines says so, and its file has only the header', async () => {
    const played = await createReferenceStage().play(fleetSnapshot)

    expect(played.headline).toBe('There are no machines to list.')
    expect(played.rows).toEqual([])
    expect(linesOf(played)).toHaveLength(1)
    expect(played.chart).toBeUndefined()
  })

  test('a machine is a row with everything known about it, in the account’s units and time zone', async () => {
    const machines = fleetOf(1, () => ({
      name: 'EX-1187',
      coordinates: [-58.38, -34.6],
      battery: 0,
      hours: 1_234.5,
      idleHours: 300.25,
      group: { id: 'g1', name: 'North' },
    }))
    const played = await createReferenceStage({ machines }).play(fleetSnapshot)

    expect(played.headline).toBe('1 machine listed on 1 site.')
    expect(played.rows[0]).toMatchObject({
      machine: { id: 'm1', name: 'Volvo M1', detail: 'EX-1187, S-1' },
      cells: {
        type: 'Excavator',
        site: 'Site 0',
        operatingHours: 1_234.5,
        idleHours: 300.25,
        batteryPercent: 0,
        lastSeenAt: '2026-11-23T05:50:00.000Z',
        place: '-34.6,-58.38',
        address: 'Køge',
        groups: 'North',
        since: null,
      },
    })
    const [head, line] = linesOf(played)
    expect(head).toContain('Hours (h),Idle hours (h),Last seen (Europe/Copenhagen)')
    expect(line).toContain('1234.5,300.25,2026-11-23 06:50:00,60,0')
    expect(played.files['fleet-snapshot.xlsx']?.startsWith('PK')).toBe(true)
  })

  test('a fleet of several pages is listed completely, each machine once, with the counters of the AEMP snapshot', async () => {
    const played = await createReferenceStage({ machines: fleetOf(101) }).play(fleetSnapshot)

    expect(new Set(idsOf(played)).size).toBe(101)
    expect(played.rows.every(({ cells }) => cells.idleHours === 300)).toBe(true)
    expect(played.headline).toBe('101 machines listed on 4 sites.')
    expect(played.progress.at(-1)).toEqual({ done: 101, total: 101, message: 'machines listed' })
    expect(played.steps).toEqual(['List machines', 'Read idle hours', 'Compare with last time', 'Create the files'])
    expect(played.chart).toMatchObject({ kind: 'bars', title: 'Machines by type' })
    expect(played.requests).toHaveLength(5) // The count, and of each list two pages.
  })

  test('20,000 machines are listed completely, with one request per hundred and source', {
    timeout: 90_000,
  }, async () => {
    const played = await createReferenceStage({ machines: fleetOf(20_000) }).play(fleetSnapshot)

    expect(new Set(idsOf(played)).size).toBe(20_000)
    expect(played.headline).toBe('20,000 machines listed on 4 sites.')
    expect(linesOf(played)).toHaveLength(20_001)
    expect(played.requests).toHaveLength(401)
    for (const { done, total } of played.progress) expect(done).toBeLessThanOrEqual(total ?? Infinity)
  })

  test('the second run shows which machines arrived, left, are new or are gone', async () => {
    const stage = createReferenceStage({ machines: fleetOf(10) })
    await stage.play(fleetSnapshot)
    stage.pass(dayMs)
    const [first, second, third] = stage.world.machines
    if (!first || !second || !third) throw new Error('the fleet has ten')
    first.site = { id: 's9', name: 'Bridge' }
    second.site = null
    stage.world.machines = [...stage.world.machines.filter((machine) => machine !== third), ...fleetOf(11).slice(10)]

    const played = await stage.play(fleetSnapshot)

    expect(played.headline).toBe(
      '10 machines listed on 5 sites. 1 machine arrived at a site since last time. 2 machines left a site. 1 machine is new. 1 machine is gone.',
    )
    expect(rowOf(played, 'm1')?.cells).toMatchObject({ change: 'Arrived', since: 'Arrived from Site 0' })
    expect(rowOf(played, 'm2')?.cells).toMatchObject({ change: 'Left', since: 'Left Site 1', site: null })
    expect(rowOf(played, 'm3')?.cells).toMatchObject({ change: 'Gone', since: 'Gone from the account' })
    expect(rowOf(played, 'm11')?.cells).toMatchObject({ change: 'New' })
    // What changed comes first, the others once each.
    expect(idsOf(played).slice(0, 4)).toEqual(['m1', 'm2', 'm11', 'm3'])
    expect(new Set(idsOf(played)).size).toBe(11)
    stage.pass(dayMs)
    expect((await stage.play(fleetSnapshot)).headline).toBe(
      '10 machines listed on 5 sites. None moved since last time.',
    )
  })

  test('with chosen sites, machines that left one of them are included', async () => {
    const stage = createReferenceStage({ machines: fleetOf(8) })
    const atSite = { input: { machines: { siteIds: ['s0'] } } }
    await stage.play(fleetSnapshot, atSite)
    stage.pass(dayMs)
    for (const machine of stage.world.machines) if (machine.id === 'm1') machine.site = { id: 's3', name: 'Site 3' }

    const played = await stage.play(fleetSnapshot, atSite)

    expect(idsOf(played)).toEqual(['m1', 'm5'])
    expect(rowOf(played, 'm1')?.cells).toMatchObject({ since: 'Arrived from Site 0', site: 'Site 3' })
  })

  test('a move is reported for each choice of machines, even after another choice reported it', async () => {
    const stage = createReferenceStage({ machines: fleetOf(8) })
    const questions = [{}, { input: { machines: { siteIds: ['s0', 's3'] } } }]
    const told: unknown[] = []
    const askAll = async () => {
      for (const asked of questions) {
        told.push(rowOf(await stage.play(fleetSnapshot, asked), 'm1')?.cells.since)
        stage.pass(dayMs)
      }
    }
    await askAll()
    for (const machine of stage.world.machines) if (machine.id === 'm1') machine.site = { id: 's3', name: 'Site 3' }
    await askAll()
    await askAll()

    expect(told).toEqual([null, null, 'Arrived from Site 0', 'Arrived from Site 0', null, null])
  })

  test('values that Trackunit left out are unknown and mentioned; the other source fills what it can', async () => {
    const played = await createReferenceStage({ machines: fleetOf(20), isPartial: true, hasAemp: false }).play(
      fleetSnapshot,
    )

    expect(rowOf(played, 'm1')?.cells).toMatchObject({ operatingHours: null, idleHours: null, fuelPercent: null })
    expect(rowOf(played, 'm2')?.cells).toMatchObject({ operatingHours: 1_001, idleHours: null, fuelPercent: 60 })
    expect(played.detail).toBe('Trackunit left out some values. They are shown as unknown. Idle hours were not read.')
    const filled = await createReferenceStage({ machines: fleetOf(20), isPartial: true }).play(fleetSnapshot)
    expect(rowOf(filled, 'm1')?.cells).toMatchObject({ operatingHours: 1_000, idleHours: 300, fuelPercent: 60 })
  })

  test('without an answer, idle hours are left out after some tries, and the rest is complete', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(150),
      onRequest: (_, path) => {
        if (path.includes('/aemp/')) throw new StandinError('TRACKUNIT_UNAVAILABLE')
        return 'answer'
      },
    })
    const played = await stage.play(fleetSnapshot)

    expect(played.rows).toHaveLength(150)
    expect(played.detail).toBe('Idle hours were not read.')
    expect(played.log).toContain('Idle hours are left out: Trackunit did not answer.')
    expect(played.requests.filter((path) => path.includes('/aemp/'))).toHaveLength(4)
  })

  test('a list that ends early is mentioned, and no machine is reported as gone', async () => {
    const stage = createReferenceStage({ machines: fleetOf(250) })
    await stage.play(fleetSnapshot)
    stage.pass(dayMs)
    stage.world.breaksOffAfter = 'm100'
    const played = await stage.play(fleetSnapshot)

    expect(played.rows).toHaveLength(100)
    expect(played.headline).not.toContain('gone')
    expect(played.detail).toBe('Trackunit’s machine list ended early. Some machines may be missing.')
    stage.pass(dayMs)
    stage.world.breaksOffAfter = undefined
    expect((await stage.play(fleetSnapshot)).headline).toBe(
      '250 machines listed on 4 sites. None moved since last time.',
    )
  })

  test('a machine that vanishes between pages affects no other, and is mentioned', async () => {
    const machines = fleetOf(250)
    const stage = createReferenceStage({
      machines,
      vanished: new Set(['m42']),
      onRequest: (nth) => {
        if (nth === 3) stage.world.machines = stage.world.machines.filter(({ id }) => id !== 'm150')
        return 'answer'
      },
    })
    const played = await stage.play(fleetSnapshot)

    const missing = machines.map(({ id }) => id).filter((id) => !idsOf(played).includes(id))
    expect(missing).toEqual(['m42', 'm150'])
    expect(played.log).toContain('One machine was removed in Trackunit during this run and is left out.')
  })

  test('without the full list in the plan, the short one and the AEMP snapshot are read, and moves are not reported', async () => {
    const stage = createReferenceStage({ machines: fleetOf(101), plan: 'basic' })
    const played = await stage.play(fleetSnapshot)
    stage.pass(dayMs)
    const second = await stage.play(fleetSnapshot)

    expect(new Set(idsOf(played)).size).toBe(101)
    expect(rowOf(played, 'm7')?.cells).toMatchObject({
      brand: 'Bomag',
      type: 'Scissor lift',
      operatingHours: 1_006,
      idleHours: 300,
      fuelPercent: 60,
      lastSeenAt: '2026-11-23T05:50:00.000Z',
      site: null,
    })
    expect(played.detail).toContain('your Trackunit plan or permissions do not let apps read them')
    expect(second.headline).toBe('101 machines listed.')
    expect(second.rows.every(({ cells }) => cells.change === null)).toBe(true)
  })

  test('a machine that vanishes between pages of the short list affects no other, although all others move up', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(2_500),
      plan: 'basic',
      onRequest: () => {
        const hasReadOne = stage.requests.filter((path) => path === '/api/asset/v2/assets').length === 3
        if (hasReadOne) stage.world.machines = stage.world.machines.filter(({ id }) => id !== 'm2')
        return 'answer'
      },
    })
    const ids = new Set(idsOf(await stage.play(fleetSnapshot)))
    expect(
      fleetOf(2_500)
        .map(({ id }) => id)
        .filter((id) => !ids.has(id)),
    ).toEqual([])
  })

  test('groups are left out if Trackunit does not know them', async () => {
    const machines = fleetOf(3, () => ({ group: { id: 'g', name: 'North' } }))
    const played = await createReferenceStage({ machines, hasGroups: false }).play(fleetSnapshot)

    expect(played.rows.map(({ cells }) => [cells.groups, cells.site])).toEqual([
      [null, 'Site 0'],
      [null, 'Site 1'],
      [null, 'Site 2'],
    ])
    expect(played.detail).toBe('')
  })

  test('a refusal in the middle of the list is not a missing plan: the run fails', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(250),
      onRequest: (nth) => {
        if (nth > 2) throw new StandinError('TRACKUNIT_REFUSED')
        return 'answer'
      },
    })
    await expect(stage.play(fleetSnapshot)).rejects.toMatchObject({ reason: 'TRACKUNIT_REFUSED' })
  })

  test('while Trackunit accepts no token, no shorter list is read instead: the run tries again', async () => {
    let asked = 0
    const stage = createReferenceStage({
      machines: fleetOf(3),
      onRequest: () => {
        asked++
        throw new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: 30_000 })
      },
    })
    await expect(stage.play(fleetSnapshot)).rejects.toMatchObject({ retryAfterMs: 30_000 })
    expect(asked).toBe(2) // The number of machines, without which the list goes on, and the list.
  })

  test('a run that stops halfway leaves the machines that it read, as a table and as a file marked as a part', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(250),
      onRequest: (nth) => {
        if (nth > 3) throw new StandinError('TRACKUNIT_REFUSED')
        return 'answer'
      },
    })
    const played = await stage.play(fleetSnapshot, { endsHalfWay: true })

    expect(idsOf(played)).toHaveLength(200)
    expect(rowOf(played, 'm1')?.cells).toMatchObject({ operatingHours: 1_000, site: 'Site 0', change: null })
    expect(played.detail).toBe('200 machines are complete, 50 are missing.')
    expect(Object.keys(played.files)).toEqual(['fleet-snapshot-part.csv'])
    const [note, titles, ...lines] = (played.files['fleet-snapshot-part.csv'] ?? '').split('\r\n')
    expect(note).toBe('\uFEFF"200 machines are complete, 50 are missing."')
    expect(titles).toContain('Hours (h)')
    expect(lines).toHaveLength(201) // With what stands after the last line.
    expect(played.chart).toBeUndefined()
  })

  test('a run that stops while reading idle hours leaves all machines, and mentions the missing hours', async () => {
    const stage = createReferenceStage({
      machines: fleetOf(150),
      onRequest: (_, path) => {
        if (path.includes('/aemp/')) throw new StandinError('CREDENTIALS_REJECTED')
        return 'answer'
      },
    })
    const played = await stage.play(fleetSnapshot, { endsHalfWay: true })

    expect(idsOf(played)).toHaveLength(150)
    expect(played.detail).toBe('150 machines are complete. Idle hours are missing.')
  })

  test('a run that stops before the first machine leaves nothing', async () => {
    const onRequest = () => {
      throw new StandinError('CREDENTIALS_REJECTED')
    }
    const stage = createReferenceStage({ machines: fleetOf(150), onRequest })
    expect(await stage.play(fleetSnapshot, { endsHalfWay: true })).toMatchObject({ rows: [], columns: [], files: {} })
  })

  test.for(['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'a name cannot become a formula: %s',
    async (name) => {
      const played = await createReferenceStage({
        machines: fleetOf(1, () => ({ name, brand: null, model: null })),
      }).play(fleetSnapshot)
      expect(linesOf(played)[1]?.replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )
})

describe('invariant 19: another worker continues from the last checkpoint', () => {
  const machines = fleetOf(350, (nth) => ({ idleHours: nth }))

  test.for([1, 2, 3, 4, 5, 6, 7, 8, 9])('after a death at request %i, nothing is missing or twice', async (dies) => {
    const whole = await createReferenceStage({ machines }).play(fleetSnapshot)
    const played = await createReferenceStage({ machines, onRequest: (nth) => (nth === dies ? 'die' : 'answer') }).play(
      fleetSnapshot,
    )

    expect(played.attempts).toBe(2)
    expect(played.rows).toEqual(whole.rows)
    expect(played.files['fleet-snapshot.csv']).toBe(whole.files['fleet-snapshot.csv'])
    expect(played.requests).toHaveLength(whole.requests.length + 1)
  })

  test('invariant 23: a limit that is hit halfway is waited for, and no page is read again', async () => {
    const stage = createReferenceStage({
      machines,
      onRequest: (nth) => (nth === 4 || nth === 9 ? { limitedForMs: 600_000 } : 'answer'),
    })
    const played = await stage.play(fleetSnapshot)

    expect(played.attempts).toBe(3)
    expect(played.requests).toHaveLength(11)
    expect(new Set(idsOf(played)).size).toBe(350)
  })
})
