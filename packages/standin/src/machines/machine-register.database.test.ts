import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anyText } from '../../test/any-text.ts'
import { emptyTables } from '../../test/empty-tables.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { openTestReplica, type TestReplica } from '../../test/test-replica.ts'
import { inTransaction } from '../context.ts'
import { runs } from '../runs/run-table.ts'
import { whenErasing, whenUninstalled } from '../when-uninstalled.ts'
import { filterChoices } from './filters/save-filter.ts'
import type { KnownMachine, MachineHistory, MachineRegister, SeenMachine } from './machine-register.ts'
import { openMachineRegister } from './open-machine-register.ts'
import { deleteOldReadings } from './reading-store.ts'

const account = '11111111-1111-4111-8111-111111111111'
const otherAccount = '22222222-2222-4222-8222-222222222222'
const harbour = { id: 's1', name: 'Harbour' }
const bridge = { id: 's2', name: 'Bridge' }
const hourMs = 3_600_000
const noon = new Date('2026-03-02T12:00:00.000Z')

let database: TestDatabase
let replica: TestReplica
beforeAll(async () => {
  database = await createTestDatabase()
  replica = openTestReplica(database)
})
beforeEach(() => emptyTables(replica.sql))
afterAll(async () => {
  await replica.close()
  await database.drop()
})

const machine = (id: string, of: Partial<SeenMachine> = {}): SeenMachine => ({
  id,
  name: `Machine ${id}`,
  brand: 'Volvo',
  model: 'EC220',
  serialNumber: `S-${id}`,
  type: 'EXCAVATOR',
  site: harbour,
  groups: [],
  latitude: 55.7,
  longitude: 12.6,
  address: null,
  lastSeenAt: noon,
  operatingHours: 100,
  idleHours: null,
  fuelPercent: 50,
  batteryPercent: null,
  ...of,
})

/** The register of a run that its worker holds. */
async function register({
  accountId = account,
  epoch = 1,
  input = {} as Record<string, unknown>,
  readsWith = [] as string[],
} = {}) {
  const [run] = await replica.ctx.db
    .insert(runs)
    .values({
      accountId,
      actionId: 'snapshot',
      mode: 'apply',
      input,
      idempotencyKey: randomUUID(),
      startedBy: { kind: 'system', id: 'test', name: null },
      readsWith,
      mayOverlap: true,
      state: 'running',
      epoch: 1,
      promotedAt: new Date(),
      progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
      steps: [],
    })
    .returning()
  if (!run) throw new Error('the run was inserted')
  return openMachineRegister(replica.ctx.db, { ...run, epoch })
}

const all = async <Item>(pages: AsyncIterable<Item[]>): Promise<Item[]> => (await Array.fromAsync(pages)).flat()
const ids = (machines: ReadonlyArray<KnownMachine | MachineHistory>) => machines.map(({ id }) => id)

test('keeps a machine as it was last read, however often the page is read', async () => {
  const run = await register()
  await run.keep([machine('m1', { name: 'Old' }), machine('m2')])
  await run.keep([machine('m1', { name: 'New', site: null, groups: [{ id: 'g', name: 'North' }] }), machine('m2')])

  const [first, ...others] = await all(run.list())
  expect(others).toHaveLength(1)
  expect(others[0]).toMatchObject({ id: 'm1', name: 'New', site: null, groups: [{ id: 'g', name: 'North' }] })
  expect(first).toEqual({ ...machine('m2'), reportedSite: undefined })
})

test('two runs of an account that read the same machines at the same time each have all of them', async () => {
  const [snapshot, list] = [await register(), await register()]
  await snapshot.keep([machine('m1'), machine('m2')])
  await list.keep([machine('m1'), machine('m2')])
  await snapshot.keep([machine('m3')])
  await snapshot.markReported()
  await list.keep([machine('m3')])

  expect(ids(await all(snapshot.list({ seenInThisRun: true })))).toEqual(['m1', 'm2', 'm3'])
  expect(ids(await all(list.list({ seenInThisRun: true })))).toEqual(['m1', 'm2', 'm3'])
  expect([await all(snapshot.gone()), await all(list.gone())]).toEqual([[], []])
})

test('a machine has the last 32 runs that read it, and no more', async () => {
  const first = await register()
  await first.keep([machine('m1')])
  for (let nth = 0; nth < 32; nth++) await (await register()).keep([machine('m1')])
  expect(await all(first.list({ seenInThisRun: true }))).toEqual([])
})

test('lists a fleet in pages, by name, each machine once, also when names are equal or missing', async () => {
  const run = await register()
  const names = ['Twin', null, 'A', 'Z']
  const fleet = Array.from({ length: 2_300 }, (_, nth) => machine(`m${nth}`, { name: names[nth % 4] ?? null }))
  for (let at = 0; at < fleet.length; at += 500) await run.keep(fleet.slice(at, at + 500))

  const pages = await Array.fromAsync(run.list())

  expect(pages.map(({ length }) => length)).toEqual([500, 500, 500, 500, 300])
  expect(new Set(ids(pages.flat())).size).toBe(2_300)
  const listed = pages.flat().map(({ name }) => name ?? '')
  expect(listed).toEqual([...listed].sort())
})

test('lists the machines that match a filter, or only those that this run has read', async () => {
  const earlier = await register()
  await earlier.keep([machine('gone'), machine('m1')])
  const run = await register()
  await run.keep([
    machine('m1'),
    machine('m2', { site: bridge, type: 'ROLLER', groups: [{ id: 'g1', name: 'North' }] }),
    machine('m3', { site: bridge, groups: [{ id: 'g2', name: 'South' }] }),
  ])
  const listed = async (filter: object, seenInThisRun = true) => ids(await all(run.list({ filter, seenInThisRun })))

  expect(await listed({})).toEqual(['m1', 'm2', 'm3'])
  expect(await listed({}, false)).toEqual(['gone', 'm1', 'm2', 'm3'])
  expect(await listed({ siteIds: ['s2'] })).toEqual(['m2', 'm3'])
  expect(await listed({ siteIds: ['s2'], types: ['EXCAVATOR'] })).toEqual(['m3'])
  expect(await listed({ groupIds: ['g1', 'g2'], types: ['ROLLER'] })).toEqual(['m2'])
  expect(await listed({ siteIds: [] })).toEqual([])
})

test('what a whole list no longer has is counted no longer; a part of a list, or another run’s machines, take nothing away', async () => {
  const counted = async () => {
    const { known, matching, sites } = await filterChoices(replica.ctx, {
      accountId: account,
      own: undefined,
      filter: { siteIds: [bridge.id] },
    })
    return { known, matching, sites: sites.map(({ id, machines }) => [id, machines]) }
  }
  const first = await register()
  await first.keep([machine('m1'), machine('m2', { site: bridge }), machine('m3', { site: bridge })])
  await first.keepWhole()
  const [part, whole] = [await register(), await register()]
  await part.keep([machine('m1')])
  expect(await counted()).toMatchObject({ known: 3, matching: 2 })

  const other = await register()
  await other.keep([machine('new')])
  await whole.keep([machine('m1')])
  await whole.keepWhole()
  expect(await counted()).toEqual({ known: 2, matching: 0, sites: [[harbour.id, 2]] })

  const back = await register()
  await back.keep([machine('m1'), machine('m2', { site: bridge })])
  expect(await counted()).toMatchObject({ known: 3, matching: 1 })
  const none = await register()
  await none.keepWhole()
  expect(await counted()).toEqual({ known: 0, matching: null, sites: [] })
})

test('counters of another source are added, and null leaves a value as it is', async () => {
  const run = await register()
  await run.keep([machine('m1'), machine('m2')])
  const later = new Date(noon.getTime() + hourMs)
  const nothing = { operatingHours: null, fuelPercent: null, latitude: null, longitude: null }
  await run.keepCounters([
    { id: 'm1', at: later, ...nothing, idleHours: 30.5 },
    { id: 'stranger', at: later, ...nothing, idleHours: 1 },
  ])

  const [m1, m2] = await all(run.list())
  expect(m1).toMatchObject({ operatingHours: 100, idleHours: 30.5, fuelPercent: 50, latitude: 55.7, lastSeenAt: later })
  expect(m2).toMatchObject({ idleHours: null, lastSeenAt: noon })
})

test('invariant 18: what was read with a scope is shown to those who have it, whoever read it', async () => {
  const known = async (own: string[] | undefined) =>
    (await filterChoices(replica.ctx, { accountId: account, own, filter: {} })).known
  const rich = await register({ readsWith: ['a', 'b'] })
  await rich.keep([machine('m1', { site: bridge }), machine('m2')])
  await rich.keep([machine('m3')], { readWith: ['a', 'none of its own'] })
  await rich.keep([machine('m4')], { readWith: ['a'] })
  const counters = { at: noon, operatingHours: 7, idleHours: 3, fuelPercent: null, latitude: null, longitude: null }
  await rich.keepCounters([{ id: 'm3', ...counters }], { readWith: ['a'] })
  await rich.keepCounters([{ id: 'm4', ...counters }])
  await rich.keepReadings()
  const poor = await register({ readsWith: ['a'] })
  const seen = async (run: MachineRegister) => [
    ids(await all(run.list())),
    ids((await all(run.history({ since: new Date(0) }))).filter(({ readings }) => readings.length > 0)),
  ]

  expect(await seen(rich)).toEqual([
    ['m1', 'm2', 'm3', 'm4'],
    ['m1', 'm2', 'm3', 'm4'],
  ])
  expect(await seen(poor)).toEqual([['m3'], ['m3']])
  expect(await Promise.all([['a', 'b'], undefined, ['a'], ['b'], []].map(known))).toEqual([4, 4, 1, 0, 0])

  await poor.keep([machine('m1', { operatingHours: 8 })])
  await poor.keepReadings()
  expect(await seen(poor)).toEqual([
    ['m1', 'm3'],
    ['m1', 'm3'],
  ])
  expect(await known(['a'])).toBe(2)
})

test('invariant 18: a reading keeps no value of an earlier one that its readers may not see', async () => {
  const later = new Date(noon.getTime() + hourMs)
  for (const [first, second, idleHours] of [
    [['a', 'b'], ['a'], null],
    [['a'], ['a', 'b'], 3],
  ] as const) {
    await emptyTables(replica.sql)
    const before = await register({ readsWith: [...first] })
    await before.keep([machine('m1', { idleHours: 3 })])
    await before.keepReadings()
    const run = await register({ readsWith: [...second] })
    await run.keep([machine('m1', { lastSeenAt: later })])
    await run.keepReadings()
    const [{ readings } = { readings: [] }] = await all(run.history({ since: new Date(0) }))
    expect(readings).toEqual([{ at: later, operatingHours: 100, idleHours, fuelPercent: 50 }])
  }
})

test('the history of counters has at most one reading in six hours, the later one', async () => {
  for (const [hour, operatingHours] of [
    [0, 100],
    [1, 101],
    [7, 105],
    [24, 110],
  ] as const) {
    const run = await register()
    await run.keep([
      machine('m1', { lastSeenAt: new Date(noon.getTime() + hour * hourMs), operatingHours }),
      machine('m2'),
    ])
    await run.keepReadings()
    await run.keepReadings()
  }
  const run = await register()
  const [m1, m2] = await all(run.history({ since: noon }))

  expect(m1?.readings.map(({ operatingHours }) => operatingHours)).toEqual([101, 105, 110])
  expect(m2?.readings).toHaveLength(1) // It did not report again.
  expect(ids(await all(run.history({ since: noon, filter: { siteIds: ['s2'] } })))).toEqual([])
  const recent = await all(run.history({ since: new Date(noon.getTime() + 20 * hourMs) }))
  expect(recent.map(({ readings }) => readings.length)).toEqual([1, 0])
})

test('a run sees the site that the last run reported for each machine, and what is gone, once', async () => {
  const first = await register()
  await first.keep([machine('m1'), machine('m2'), machine('m3')])
  expect(await all(first.gone())).toEqual([])
  expect(await first.hasReported()).toBe(false)
  await first.markReported()

  const second = await register()
  expect(await second.hasReported()).toBe(true)
  await second.keep([machine('m1', { site: bridge }), machine('m3', { site: null }), machine('new')])
  const seen = await all(second.list({ seenInThisRun: true }))
  const places = seen.map(({ id, reportedSite, site }) => [id, reportedSite?.id, site?.id])
  expect(places).toEqual([
    ['m1', 's1', 's2'],
    ['m3', 's1', undefined],
    ['new', undefined, 's1'],
  ])
  expect(ids(await all(second.gone()))).toEqual(['m2'])
  await second.markReported()

  const third = await register()
  await third.keep([machine('m3', { site: null }), machine('m1', { site: bridge }), machine('new')])
  const [m1, m3] = await all(third.list({ seenInThisRun: true }))
  expect(m1?.reportedSite).toEqual(bridge)
  expect(m3?.reportedSite).toBeNull()
  expect(await all(third.gone())).toEqual([])
})

test('each question has its own reported sites, however its input is written', async () => {
  const ask = (input: Record<string, unknown>) => register({ input })
  const site = { sites: ['s1', 's2'], by: 'site' }
  for (const input of [{}, site]) {
    const run = await ask(input)
    await run.keep([machine('m1'), machine('m2')])
    await run.markReported()
  }
  for (const input of [{ by: 'site', sites: ['s1', 's2'] }, {}]) {
    const run = await ask(input)
    await run.keep([machine('m1', { site: bridge })])
    const [m1] = await all(run.list({ seenInThisRun: true }))
    expect([m1?.reportedSite, ids(await all(run.gone()))]).toEqual([harbour, ['m2']])
    await run.markReported()
  }
  expect(await (await ask({ by: 'brand' })).hasReported()).toBe(false)
})

test('an account keeps the reported sites of its 16 latest questions', async () => {
  for (let nth = 0; nth < 18; nth++) {
    const run = await register({ input: { nth } })
    await run.keep([machine('m1')])
    await run.markReported()
  }
  await (await register({ input: { nth: 17 } })).markReported()
  const isKept = await Promise.all(
    Array.from({ length: 18 }, async (_, nth) => (await register({ input: { nth } })).hasReported()),
  )
  expect(isKept.flatMap((kept, nth) => (kept ? [] : [nth]))).toEqual([0, 1, 17])
})

test('a machine with any name is kept, and can be listed and filtered', async () => {
  const text = fc.oneof(anyText(), fc.constantFrom('\0', '\ud800', '🚜'.repeat(300), "'"))
  const named = fc.record({ id: text, name: text })
  const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))
  const seen = fc.record({
    id: anyText({ minLength: 1 }).map((id) => `m${id}`),
    name: fc.option(text),
    brand: text,
    model: text,
    serialNumber: text,
    type: text,
    address: text,
    site: fc.option(named),
    groups: fc.array(named, { maxLength: 3 }),
    latitude: value,
    longitude: value,
    lastSeenAt: fc.option(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })),
    operatingHours: value,
    idleHours: value,
    fuelPercent: value,
    batteryPercent: value,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(seen, { minLength: 1, maxLength: 8 }), async (machines) => {
      const run = await register()
      await run.keep(machines)
      await run.keepReadings()
      const known = await all(run.list({ seenInThisRun: true }))
      const stored = (id: string) => id.toWellFormed().replaceAll('\0', '')
      expect(new Set(ids(known))).toEqual(new Set(machines.map(({ id }) => stored(id))))
      const types = known.flatMap(({ type }) => type ?? [])
      expect(await all(run.list({ seenInThisRun: true, filter: { types } }))).toHaveLength(known.length)
    }),
    { numRuns: 60 },
  )
})

test('every gone machine is listed, however many there are', async () => {
  const first = await register()
  await first.keep(Array.from({ length: 1_200 }, (_, nth) => machine(`m${nth}`)))
  await first.markReported()
  const second = await register()
  await second.keep([machine('m7')])
  expect(new Set(ids(await all(second.gone()))).size).toBe(1_199)
})

test('invariant 19: a worker that no longer holds the run writes nothing', async () => {
  const late = await register({ epoch: 0 })
  await expect(late.keep([machine('m1')])).rejects.toThrow()
  await expect(late.markReported()).rejects.toThrow()
  expect(await all(late.list())).toEqual([])
})

test('invariant 24: accounts do not see each other’s machines', async () => {
  await (await register({ accountId: otherAccount })).keep([machine('m1', { name: 'Theirs' })])
  const run = await register()
  await run.keep([machine('m1', { name: 'Ours' })])

  expect((await all(run.list())).map(({ name }) => name)).toEqual(['Ours'])
  expect((await filterChoices(replica.ctx, { accountId: otherAccount, own: undefined, filter: {} })).known).toBe(1)
})

test('invariant 8: an account that has uninstalled has no machines, readings and saved filters left', async () => {
  const run = await register()
  await run.keep([machine('m1')])
  await run.keepReadings()
  await run.markReported()
  await (await register({ accountId: otherAccount })).keep([machine('theirs')])

  await inTransaction(replica.ctx, async (tx) => {
    for (const end of whenUninstalled) await end(tx, account, new Date())
    for (const erase of whenErasing) while (await erase(tx, account));
  })

  expect(await all(run.list())).toEqual([])
  expect(await all(run.history({ since: new Date(0) }))).toEqual([])
  expect(await run.hasReported()).toBe(false)
  await expect(run.keep([machine('m1')])).rejects.toThrow()
  expect((await filterChoices(replica.ctx, { accountId: otherAccount, own: undefined, filter: {} })).known).toBe(1)
})

test('readings and machines that are too old are deleted', async () => {
  const run = await register()
  await run.keep([machine('m1'), machine('m2', { lastSeenAt: new Date() })])
  await run.keepReadings()

  expect(await deleteOldReadings(replica.ctx.db, new Date(noon.getTime() + hourMs))).toBe(1)
  const left = await all(run.history({ since: new Date(0) }))
  expect(left.map(({ readings }) => readings.length)).toEqual([0, 1])
  expect(await deleteOldReadings(replica.ctx.db, new Date(Date.now() + hourMs))).toBe(3)
  expect(await all(run.list())).toEqual([])
})

test('text that PostgreSQL cannot store does not fail the page', async () => {
  const run = await register()
  await run.keep([machine('m1', { name: 'a\0b\uD800', groups: [{ id: 'g', name: '\0' }] })])
  expect((await all(run.list()))[0]).toMatchObject({ name: 'ab\uFFFD', groups: [{ id: 'g', name: '' }] })
})
