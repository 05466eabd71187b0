import { StandinError } from 'standin'
import { fleetOf, type Played } from 'standin/testing'
import { describe, expect, test } from 'vitest'
import { serviceScope } from './attention/issues-of-machines.ts'
import { attentionList } from './attention-list.ts'
import { createReferenceStage } from './test/reference-stage.ts'

const dayMs = 86_400_000
const reasonsOf = ({ rows }: Played) => rows.map(({ machine, cells }) => `${machine?.id}: ${cells.why}`)

/** Four machines that need attention for one reason each; the others are fine. */
const ailing = (size: number) =>
  fleetOf(size, (nth) => {
    if (nth === 0) return { fuelLevel: 4 }
    if (nth === 1) return { lastSeen: '2026-11-04T05:50:00.000Z' }
    if (nth === 2) return { lastSeen: '2026-11-11T05:50:00.000Z', fuelLevel: 3 }
    if (nth === 3) return { battery: 9 }
    return {}
  })

describe('attention list', () => {
  test('a fleet without machines says so', async () => {
    expect((await createReferenceStage().play(attentionList)).headline).toBe('There are no machines to check.')
  })

  test('a fleet without problems is reported as such', async () => {
    const play = async (size: number) =>
      (await createReferenceStage({ machines: fleetOf(size) }).play(attentionList)).headline
    expect(await play(1)).toBe('Nothing needs attention. The machine is fine.')
    expect(await play(101)).toBe('Nothing needs attention. All 101 machines are fine.')
  })

  test.for([
    { at: 'the list', path: 'assets', checked: 'Data health and services are not checked.', all: false },
    { at: 'data health', path: '/issues', checked: 'Data health and services are not checked.', all: true },
  ])(
    'what ends half-way at $at leaves what is known of the machines that were read',
    async ({ path, checked, all }) => {
      let times = 0
      const stage = createReferenceStage({
        machines: ailing(150),
        onRequest: (_, asked) => {
          if (asked.endsWith(path) && ++times > (all ? 0 : 2)) throw new StandinError('CREDENTIALS_REJECTED')
          return 'answer'
        },
      })
      const played = await stage.play(attentionList, { endsHalfWay: true })

      expect(reasonsOf(played)).toEqual([
        'm2: Silent for 19 days',
        'm3: Silent for 12 days',
        'm4: Battery at 9\u00a0%',
        'm1: Fuel at 4\u00a0%',
      ])
      expect(played.detail).toBe(
        `${all ? '150 machines are complete.' : '100 machines are complete, 50 are missing.'} ${checked}`,
      )
      expect(Object.keys(played.files)).toEqual(['attention-list-part.csv'])
      expect(played.rows[0]?.cells.since).toBeNull()
    },
  )

  test('the worst comes first, with its reason, a link to the machine, and a chart of the reasons', async () => {
    const stage = createReferenceStage({
      machines: ailing(101),
      issues: [
        { assetId: 'm9', type: 'LOW_DEVICE_BATTERY_VOLTAGE', status: 'OPEN', openedAt: '2026-11-20T00:00:00Z' },
        { assetId: 'm9', type: 'LOW_GPS_COVERAGE', status: 'RESOLVED', openedAt: '2026-11-20T00:00:00Z' },
        { nonsense: true },
      ],
      overdue: ['m10', 'not of this account'],
    })
    const played = await stage.play(attentionList)

    expect(reasonsOf(played)).toEqual([
      'm2: Silent for 19 days',
      'm3: Silent for 12 days',
      'm9: Tracker battery low for 3 days',
      'm4: Battery at 9\u00a0%',
      'm10: Service is overdue',
      'm1: Fuel at 4\u00a0%',
    ])
    expect(played.rows[1]?.cells).toMatchObject({
      reason: 'Silent',
      also: 'Fuel at 3\u00a0%',
      site: 'Site 2',
      type: 'Scissor lift',
    })
    expect(played.rows[1]?.machine).toEqual({ id: 'm3', name: 'Genie M1', detail: 'EX-1002, S-3' })
    expect(played.headline).toBe('6 of 101 machines need attention.')
    expect(played.chart).toMatchObject({
      column: 'reason',
      bars: [{ label: 'Silent', value: 2 }, ...Array(4).fill({ value: 1 })],
    })
    expect(Object.keys(played.files)).toEqual(['attention-list.csv', 'attention-list.xlsx'])
  })

  test('the next list shows what is new, including a machine with a new reason', async () => {
    const stage = createReferenceStage({ machines: ailing(20) })
    await stage.play(attentionList)
    stage.pass(7 * dayMs)
    for (const machine of stage.world.machines) machine.lastSeen = stage.now().toISOString()
    stage.world.overdue = ['m4', 'm7']

    const played = await stage.play(attentionList)

    expect(reasonsOf(played)).toEqual([
      'm4: Battery at 9\u00a0%',
      'm7: Service is overdue',
      'm3: Fuel at 3\u00a0%',
      'm1: Fuel at 4\u00a0%',
    ])
    expect(played.rows.map(({ cells }) => cells.since)).toEqual([null, 'New', 'New', null])
    expect(played.headline).toBe('4 of 20 machines need attention, 2 of them new.')
    // The second one reports again; the third, silent then, is low on fuel now.
    expect(played.detail).toBe('1 machine came off the list since last time.')
    stage.pass(dayMs)
    expect((await stage.play(attentionList)).headline).toBe('4 of 20 machines need attention, none of them new.')
  })

  test('its file has local times, and the ids by which other programs know a machine', async () => {
    const stage = createReferenceStage({ machines: ailing(4), timeZone: 'America/New_York' })
    const [head, line] = ((await stage.play(attentionList)).files['attention-list.csv'] ?? '').split('\r\n')
    expect(head).toContain(
      'Last seen (America/New_York),Type,Reason,Since last time,Battery (%),Fuel (%),Since (America/New_York),"Position, latitude (°)","Position, longitude (°)",Address,Name,Serial number,Trackunit ID',
    )
    expect(line).toContain('2026-11-04 00:50:00,Roller,Silent,,,60,2026-11-04 00:50:00,55.7,12.6,Køge,EX-1001,S-2,m2')
  })

  test('all of 20,000 machines are ranked', { timeout: 90_000 }, async () => {
    const machines = fleetOf(20_000, (nth) => (nth % 2 ? { fuelLevel: nth % 10 } : {}))
    const issues = machines
      .slice(0, 5_000)
      .map(({ id }) => ({ assetId: id, type: 'NO_CAN_DATA_WIRING', openedAt: null }))
    const played = await createReferenceStage({ machines, issues }).play(attentionList)

    expect(played.headline).toBe('12,500 of 20,000 machines need attention.')
    expect(played.rows[0]?.cells.reason).toBe('No data')
    expect(played.rows.at(-1)?.cells.why).toBe('Fuel at 9\u00a0%')
  })

  test('without the permission, services are not requested but left out, and the rest is complete', async () => {
    const stage = createReferenceStage({ machines: ailing(5), overdue: ['m5'], grantedScopes: ['asset.view'] })
    const played = await stage.play(attentionList)

    expect(played.rows.map(({ cells }) => cells.reason)).not.toContain('Service overdue')
    expect(played.detail).toBe('Overdue services are left out: the permission “See service plans” is missing.')
    expect(played.requests.some((path) => path.includes('service-status'))).toBe(false)
  })

  test('a missing licence and a missing beta are mentioned and affect nothing else', async () => {
    const grantedScopes = ['asset.view', serviceScope]
    const stage = createReferenceStage({ machines: ailing(5), hasServices: false, hasDataHealth: false, grantedScopes })
    const played = await stage.play(attentionList)

    expect(played.rows).toHaveLength(4)
    expect(played.detail).toContain('Data health is left out: Trackunit does not let us read it.')
    expect(played.detail).toContain('Either the permission or the licence is missing.')
  })

  test('a source that keeps failing is left out and mentioned; the rest is complete', async () => {
    const answersNot = (part: string) => (_: number, path: string) => {
      if (path.includes(part)) throw new StandinError('TRACKUNIT_UNAVAILABLE')
      return 'answer' as const
    }
    const given = { machines: ailing(5), overdue: ['m5'] }
    const health = await createReferenceStage({ ...given, onRequest: answersNot('data-health') }).play(attentionList)
    const services = await createReferenceStage({ ...given, onRequest: answersNot('OVERDUE') }).play(attentionList)

    expect(health.rows).toHaveLength(5)
    expect(health.detail).toBe('Data health is left out: Trackunit did not answer.')
    expect(health.requests.filter((path) => path.includes('data-health'))).toHaveLength(4)
    expect(services.rows).toHaveLength(4)
    expect(services.detail).toBe('Overdue services are left out: Trackunit did not answer.')
  })

  test('without the full list in the plan, the AEMP snapshot shows which machines are silent or low on fuel', async () => {
    const played = await createReferenceStage({ machines: ailing(120), plan: 'basic' }).play(attentionList)
    expect(reasonsOf(played)).toEqual(['m2: Silent for 19 days', 'm3: Silent for 12 days', 'm1: Fuel at 4\u00a0%'])

    const blind = await createReferenceStage({ machines: ailing(120), plan: 'basic', hasAemp: false }).play(
      attentionList,
    )
    expect(blind.rows).toEqual([]) // Unknown does not count as silent.
    expect(blind.headline).toBe('Only data health and services were checked on 120 machines. Nothing found there.')
  })

  test('values that Trackunit leaves out count as neither low nor silent', async () => {
    const machines = fleetOf(20, (nth) => (nth === 0 ? { fuelLevel: 1 } : nth === 1 ? { lastSeen: null } : {}))
    const played = await createReferenceStage({ machines, isPartial: true }).play(attentionList)

    expect(played.rows).toEqual([])
    expect(played.detail).toContain('Trackunit left out some values')
  })

  test('a machine that vanishes between pages is mentioned and affects no other', async () => {
    const stage = createReferenceStage({ machines: ailing(150), vanished: new Set(['m140']) })
    const played = await stage.play(attentionList)

    expect(played.headline).toBe('4 of 149 machines need attention.')
    expect(played.log).toContain('One machine was removed in Trackunit during this run and is left out.')
  })
})

describe('invariant 19: another worker continues from the last checkpoint', () => {
  test.for([1, 2, 3, 4, 5, 6, 7])('after a death or a limit at request %i, the list is the same', async (hit) => {
    const given = { machines: ailing(250), overdue: ['m10'], issues: [{ assetId: 'm9', type: 'X', openedAt: null }] }
    const whole = await createReferenceStage(given).play(attentionList)
    const died = createReferenceStage({ ...given, onRequest: (nth) => (nth === hit ? { dieAfter: true } : 'answer') })
    const limited = createReferenceStage({
      ...given,
      onRequest: (nth) => (nth === hit ? { limitedForMs: 1_000 } : 'answer'),
    })

    expect((await died.play(attentionList)).rows).toEqual(whole.rows)
    const played = await limited.play(attentionList)
    expect(played.rows).toEqual(whole.rows)
    expect(played.requests.length).toBeLessThanOrEqual(whole.requests.length + 1)
  })

  test.for([
    {
      lacks: { hasServices: false },
      said: 'Only battery, fuel, last contact and data health were checked on 5 machines.',
    },
    {
      lacks: { hasDataHealth: false },
      said: 'Only battery, fuel, last contact and services were checked on 5 machines.',
    },
    {
      lacks: { plan: 'basic', hasServices: false, hasDataHealth: false },
      said: 'Only fuel and last contact were checked on 5 machines.',
    },
  ] as const)('says what alone was checked, and is incomplete: $said', async ({ lacks, said }) => {
    const played = await createReferenceStage({ machines: ailing(5), ...lacks }).play(attentionList)
    expect(played.headline).toMatch(/^(At least|Only)/)
    expect(played.incomplete).toMatch(said)
    expect(played.incomplete).toMatch(/left out: |missing: /) // And why.
  })

  test('is complete when every source was read', async () => {
    const played = await createReferenceStage({ machines: ailing(5) }).play(attentionList)
    expect(played.incomplete).toBe('')
  })
})
