import { randomUUID } from 'node:crypto'
import type { ResultColumn } from '@standin/contracts'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { emptyTables } from '../../test/empty-tables.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import type { ServiceCaller } from '../access/caller.ts'
import { inTransaction } from '../context.ts'
import { runs } from '../runs/run-table.ts'
import { readResult } from './read-result.ts'
import { createResultWriter } from './result-writer.ts'
import { createResultsMemory } from './results-context.ts'
import type { GivenRow } from './understand-rows.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const account = '11111111-1111-4111-8111-111111111111'
const caller: ServiceCaller = { kind: 'service', service: 'reports', keyId: 'key', mac: '', grants: [] }

/** Results and their database, empty. */
async function openStack() {
  const replica = openTestReplica(database)
  await emptyTables(replica.sql)
  const results = createResultsMemory({ publicUrl: () => '' })
  return { ...replica, ctx: { ...replica.ctx, results } }
}
type Stack = Awaited<ReturnType<typeof openStack>>

const columns: ResultColumn[] = [
  { key: 'type', title: 'Type', kind: 'text', filterable: true },
  { key: 'fuel', title: 'Fuel', kind: 'percent', filterable: false },
  { key: 'note', title: 'Note', kind: 'text', filterable: false },
]
const machine = (id: string, name: string, detail: string | null = null) => ({ id, name, detail })

/** A run as if a worker had claimed it. */
async function workedRun(
  { ctx }: Stack,
  { state = 'running' as const, actionId = 'report', createdAt = new Date(), input = {} } = {},
) {
  const [run] = await ctx.db
    .insert(runs)
    .values({
      accountId: account,
      actionId,
      state,
      createdAt,
      epoch: 1,
      readsWith: [],
      mayOverlap: true,
      mode: 'apply',
      input,
      idempotencyKey: randomUUID(),
      steps: [],
      headline: 'Found.',
      startedBy: { kind: 'user', id: 'anna', name: null },
      progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
    })
    .returning()
  if (!run) throw new Error('inserted')
  return run
}

async function write({ ctx }: Stack, runId: string, rows: readonly GivenRow[], given = columns): Promise<void> {
  const writer = createResultWriter(ctx.db, { id: runId, epoch: 1, accountId: account })
  await writer.columns(given)
  await writer.rows(rows)
  await writer.flush()
  await inTransaction(ctx, (tx) => writer.keep(tx.db))
}

/** As a caller who may read it. */
const readerOf =
  ({ ctx }: Stack) =>
  (asked: Omit<Parameters<typeof readResult>[2], 'accountId'>) =>
    readResult(ctx, caller, { ...asked, accountId: account })

async function resultOf(stack: Stack, rows: readonly GivenRow[], given = columns) {
  const { id: runId } = await workedRun(stack)
  await write(stack, runId, rows, given)
  const read = readerOf(stack)
  return (asked: Partial<Parameters<typeof read>[0]> = {}) => read({ runId, limit: 100, ...asked })
}
const ids = ({ rows }: { rows: ReadonlyArray<{ id: string }> }) => rows.map(({ id }) => id)

describe('rows', () => {
  test('a run without a result has its headline and no rows', async () => {
    await using stack = await openStack()
    const { id: runId } = await workedRun(stack)
    expect(await readerOf(stack)({ runId, limit: 10 })).toMatchObject({
      headline: 'Found.',
      rows: [],
    })
  })

  test('that are found early are shown until the first of all are kept', async () => {
    await using stack = await openStack()
    const { id: runId } = await workedRun(stack)
    const read = readerOf(stack)
    const writer = createResultWriter(stack.ctx.db, { id: runId, epoch: 1, accountId: account })
    const keep = () => inTransaction(stack.ctx, (tx) => writer.keep(tx.db))
    await writer.columns(columns)
    await writer.early([{ id: 'a', machine: machine('m1', 'Loader'), cells: { type: 'Loader' } }], 19)
    await keep()
    expect(await read({ runId, limit: 10 })).toMatchObject({
      total: 19,
      nextCursor: null,
      rows: [{ id: 'a', machine: { name: 'Loader' }, cells: { fuel: null } }],
    })

    const offer = { actionId: 'report', recurrence: 'FREQ=DAILY;BYHOUR=5;BYMINUTE=0', title: 'Daily', means: 'At 5.' }
    await writer.rows([])
    await writer.figure({ value: 0, unit: 'number', words: 'machines' })
    await writer.offer(offer)
    await keep()
    expect(await read({ runId, limit: 10 })).toMatchObject({ total: 0, rows: [], figure: { value: 0 }, offer })
  })

  test('are found by words of the machine and of text cells in any case, and by a filterable value', async () => {
    await using stack = await openStack()
    const read = await resultOf(stack, [
      { id: 'a', machine: machine('m1', 'Big Loader', 'SN 100%_1'), cells: { type: 'Loader', fuel: 4 } },
      { id: 'b', machine: machine('m2', 'Small one'), cells: { type: 'Loader', note: 'ÄLT big' } },
      { id: 'c', cells: { type: 'Crane', fuel: 100 } },
    ])

    expect(ids(await read({ search: ' BIG  loader ' }))).toEqual(['a', 'b'])
    expect(ids(await read({ search: 'ält' }))).toEqual(['b'])
    expect(ids(await read({ search: '100%_' }))).toEqual(['a']) // % and _ are not wildcards.
    expect(ids(await read({ search: 'percent' }))).toEqual([])
    const filtered = await read({ filter: { type: 'Loader' }, search: 'small', limit: 1 })
    expect(filtered).toMatchObject({ total: 1, nextCursor: null, rows: [{ id: 'b', cells: { fuel: null } }] })
    expect(filtered.facets).toEqual([
      {
        key: 'type',
        values: [
          { value: 'Loader', message: 'Loader', rows: 2, newRows: 0 },
          { value: 'Crane', message: 'Crane', rows: 1, newRows: 0 },
        ],
      },
    ])
  })

  test('a cell that is a message is found, filtered, counted and sorted by its English', async () => {
    await using stack = await openStack()
    const message = (text: string, key: string) => ({ text, key, values: {} })
    const [crane, loader] = [message('Crane', 'type.CRANE'), message('Loader', 'type.LOADER')]
    const read = await resultOf(stack, [
      { id: 'a', cells: { type: loader, note: { text: 'Silent, Fuel low', parts: ['Silent', 'Fuel low'] } } },
      { id: 'b', cells: { type: crane } },
      { id: 'c', cells: { type: crane } },
    ])

    expect(ids(await read({ search: 'fuel' }))).toEqual(['a'])
    expect(ids(await read({ filter: { type: 'Loader' } }))).toEqual(['a'])
    const sorted = await read({ sort: { key: 'type', descending: false } })
    expect(ids(sorted)).toEqual(['b', 'c', 'a'])
    expect(sorted.rows[2]?.cells.type).toEqual(loader)
    expect(sorted.facets).toEqual([
      {
        key: 'type',
        values: [
          { value: 'Crane', message: crane, rows: 2, newRows: 0 },
          { value: 'Loader', message: loader, rows: 1, newRows: 0 },
        ],
      },
    ])
  })

  test.for([
    { filter: { fuel: '4' } },
    { filter: { other: 'x' } },
    { sort: { key: 'other', descending: false } },
    { cursor: 'x' },
    { search: 'a b c d e f g h i j k' },
  ])('a key or cursor of another result, or more words than ten, is refused: %o', async (asked) => {
    await using stack = await openStack()
    const read = await resultOf(stack, [])
    await expect(read(asked)).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
  })

  test('pages in every order contain each row once, sorted, unknown values last', async () => {
    await using stack = await openStack()
    const values = fc.array(
      fc.record({ fuel: fc.constantFrom(null, -1.5, 0, 9, 10), note: fc.constantFrom('b', 'A', null) }),
      {
        maxLength: 12,
      },
    )
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.constantFrom('fuel', 'note', 'machine', undefined),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (cells, key, descending, limit) => {
          const given = cells.map((each, nth) => ({
            id: `r${nth}`,
            machine: machine('m', each.note ?? 'c'),
            cells: each,
          }))
          const read = await resultOf(stack, given)
          const found: Array<{ id: string; value: string | number | null }> = []
          let cursor: string | null = null
          do {
            const page = await read({ ...(key && { sort: { key, descending } }), ...(cursor && { cursor }), limit })
            expect(page.total).toBe(given.length)
            for (const { id, cells, machine } of page.rows)
              found.push({
                id,
                value:
                  key === 'machine' ? (machine?.name ?? null) : ((cells[key ?? ''] ?? null) as string | number | null),
              })
            cursor = page.nextCursor
          } while (cursor)

          const sort = { ...(key && { sort: { key, descending } }) }
          for (const offset of [0, 1, limit, given.length]) {
            const jumped = await read({ ...sort, offset, limit })
            expect(ids(jumped)).toEqual(found.slice(offset, offset + limit).map(({ id }) => id))
          }
          expect(found.map(({ id }) => id).toSorted()).toEqual(given.map(({ id }) => id).toSorted())
          const known = found.map(({ value }) => value).filter((value) => value !== null)
          expect(found.slice(known.length).every(({ value }) => value === null)).toBe(true)
          const lower = known.map((value) => (typeof value === 'string' ? value.toLowerCase() : value))
          const ordered = lower.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
          if (key) expect(lower).toEqual(descending ? ordered.toReversed() : ordered)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('are new if the last successful run with the same input lacks their id; in a first run none is new', async () => {
    await using stack = await openStack()
    const read = readerOf(stack)
    const first = await workedRun(stack, { createdAt: new Date('2026-01-01') })
    await write(stack, first.id, [{ id: 'old', cells: {} }])
    expect((await read({ runId: first.id, limit: 9 })).rows).toMatchObject([{ isNew: false }])
    await stack.sql`update runs set state = 'succeeded'`
    const failed = await workedRun(stack, { createdAt: new Date('2026-01-02') })
    await write(stack, failed.id, [{ id: 'newer', cells: {} }])
    await stack.sql`update runs set state = 'failed' where id = ${failed.id}`
    const other = await workedRun(stack, { createdAt: new Date('2026-01-03'), actionId: 'another' })
    await write(stack, other.id, [{ id: 'newer', cells: {} }])
    await stack.sql`update runs set state = 'succeeded' where id = ${other.id}`

    const another = { silentDays: 30, machines: { siteIds: ['south'] } }
    const elsewhere = await workedRun(stack, { createdAt: new Date('2026-01-04'), input: another })
    await write(stack, elsewhere.id, [{ id: 'newer', cells: {} }])
    await stack.sql`update runs set state = 'succeeded' where id = ${elsewhere.id}`
    const again = { machines: { siteIds: ['south'] }, silentDays: 30 }
    const there = await workedRun(stack, { createdAt: new Date('2026-01-05'), input: again })
    await write(stack, there.id, [{ id: 'newer', cells: {} }])
    expect((await read({ runId: there.id, limit: 9 })).rows).toMatchObject([{ id: 'newer', isNew: false }])

    const next = await workedRun(stack)
    await write(stack, next.id, [
      { id: 'newer', cells: { type: 'Loader' } },
      { id: 'old', cells: { type: 'Loader' } },
    ])

    expect((await read({ runId: next.id, limit: 9 })).rows).toMatchObject([
      { id: 'newer', isNew: true },
      { id: 'old', isNew: false },
    ])
    expect(await read({ runId: next.id, limit: 9, onlyNew: true })).toMatchObject({
      rows: [{ id: 'newer' }],
      total: 1,
      facets: [{ values: [{ value: 'Loader', rows: 2, newRows: 1 }] }],
    })
  })

  test('about the same are new once, at the first of them, and only if the last run had none: a new week is none', async () => {
    await using stack = await openStack()
    const read = readerOf(stack)
    const ofWeeks = (weeks: readonly number[], abouts: readonly string[]) =>
      weeks.flatMap((week) => abouts.map((about) => ({ id: `${week} ${about}`, about, cells: {} })))
    const first = await workedRun(stack)
    await write(stack, first.id, ofWeeks([46, 45], ['loader', 'digger']))
    expect(await read({ runId: first.id, limit: 9, onlyNew: true })).toMatchObject({ total: 0 })
    await stack.sql`update runs set state = 'succeeded'`

    const next = await workedRun(stack)
    // Of the digger, nothing is known in the new week; the crane was there in each.
    await write(stack, next.id, [
      ...ofWeeks([47], ['loader', 'crane']),
      ...ofWeeks([46, 45], ['loader', 'digger', 'crane']),
    ])
    expect((await read({ runId: next.id, limit: 9, onlyNew: true })).rows).toMatchObject([{ id: '47 crane' }])

    // Also if the rows come in several batches.
    const batch = await workedRun(stack, { createdAt: new Date(Date.now() - 60_000) })
    await stack.sql`update run_results set previous_run_id = ${first.id} where run_id = ${batch.id}`
    await write(stack, batch.id, ofWeeks([48], ['crane']))
    await write(stack, batch.id, ofWeeks([47], ['crane', 'tower']))
    expect((await read({ runId: batch.id, limit: 9, onlyNew: true })).rows).toMatchObject([
      { id: '48 crane' },
      { id: '47 tower' },
    ])
  })
})

describe('a map', () => {
  const withPlaces: ResultColumn[] = [
    { key: 'place', title: 'Position', kind: 'place', filterable: false, namedBy: 'site' },
    { key: 'site', title: 'Site', kind: 'text', filterable: true },
  ]
  const at = (id: string, place: string | null, site: string | null = null) => ({ id, cells: { place, site } })
  const rows = [
    at('a', '55.6,12.5', 'Harbour'),
    at('b', '55.6001,12.5001', 'Harbour'),
    at('c', '55.6002,12.5002', 'Bridge'),
    at('d', '57.0,9.9', null),
    at('e', null, 'Harbour'),
  ]

  test('shows nearby rows as one place with their most frequent name, and counts rows without a place', async () => {
    await using stack = await openStack()
    const read = await resultOf(stack, rows, withPlaces)
    const { map } = await read()
    expect(map?.rowsWithoutPlace).toBe(1)
    expect(map?.places).toMatchObject([
      { rows: 3, name: 'Harbour', otherNames: 1 },
      { rows: 1, name: null, otherNames: 0, latitude: 57, longitude: 9.9 },
    ])
    expect(map?.places[0]?.latitude).toBeCloseTo(55.6001, 6)
    expect(map?.places[0]?.longitude).toBeCloseTo(12.5001, 6)
  })

  test('shows the rows that match, on the first page only', async () => {
    await using stack = await openStack()
    const read = await resultOf(stack, rows, withPlaces)
    expect((await read({ filter: { site: 'Bridge' } })).map).toMatchObject({
      places: [{ rows: 1, name: 'Bridge', otherNames: 0 }],
      rowsWithoutPlace: 0,
    })
    const { nextCursor } = await read({ limit: 2 })
    expect((await read({ limit: 2, cursor: nextCursor ?? '' })).map).toBeNull()
  })

  test('is null for a result without places', async () => {
    await using stack = await openStack()
    const read = await resultOf(stack, [{ id: 'a', cells: {} }])
    expect((await read()).map).toBeNull()
  })

  test('shows each row with a place once, in at most 144 places, and finds the rows of each again, for any fleet', async () => {
    const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
    const place = fc.option(fc.tuple(degrees(90), degrees(180)).map(String))
    await using stack = await openStack()
    await fc.assert(
      fc.asyncProperty(fc.array(place, { maxLength: 400 }), async (places) => {
        const given = places.map((one, index) => at(String(index), one))
        const read = await resultOf(stack, given, withPlaces)
        const { map } = await read()
        const sum = (map?.places ?? []).reduce((all, { rows }) => all + rows, 0)
        expect(sum).toBe(places.filter((one) => one !== null).length)
        expect(sum + (map?.rowsWithoutPlace ?? 0)).toBe(places.length)
        expect(map?.places.length).toBeLessThanOrEqual(144)
        for (const { area, rows } of map?.places.slice(0, 3) ?? [])
          expect((await read({ within: area })).total).toBe(rows)
        expect((await read({ within: 'nowhere' })).total).toBe(map?.rowsWithoutPlace)
      }),
      { numRuns: 25 },
    )
  })
})

describe('what is counted at the end of a run', () => {
  const withPlaces: ResultColumn[] = [
    ...columns,
    { key: 'place', title: 'Position', kind: 'place', filterable: false, namedBy: 'type' },
  ]

  async function endedResult(stack: Stack, rows: readonly GivenRow[], later: readonly GivenRow[] = []) {
    const { id: runId } = await workedRun(stack)
    const writer = createResultWriter(stack.ctx.db, { id: runId, epoch: 1, accountId: account })
    await writer.columns(withPlaces)
    await writer.rows(rows)
    await writer.count()
    if (later.length > 0) await writer.rows(later)
    await writer.flush()
    await inTransaction(stack.ctx, (tx) => writer.keep(tx.db))
    const read = readerOf(stack)
    return (asked: Partial<Parameters<typeof read>[0]> = {}) => read({ runId, limit: 100, ...asked })
  }

  test('is what its rows say, for any rows', async () => {
    await using stack = await openStack()
    const type = fc.constantFrom(null, 'Crane', { text: 'Loader', key: 'type.LOADER', values: {} })
    const place = fc.constantFrom(null, '55.6,12.5', '55.6001,12.5001', '-30,170')
    const row = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), cells: fc.record({ type, place }) })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 9 }), async (rows) => {
        const read = await endedResult(stack, rows)
        const asStored = await read()
        expect(asStored.total).toBe(new Set(rows.map(({ id }) => id)).size)
        const stored = await stack.sql`select counts is not null as "isStored" from run_results`
        expect(stored).toContainEqual({ isStored: true })
        await stack.sql`update run_results set counts = null`
        expect(await read()).toEqual(asStored)
        await emptyTables(stack.sql)
      }),
      { numRuns: 20 },
    )
  })

  test('is not counted again when the result is opened, in any order, but for a filter', async () => {
    await using stack = await openStack()
    const read = await endedResult(stack, [
      { id: 'a', cells: { type: 'Crane', place: '55.6,12.5' } },
      { id: 'b', cells: { type: 'Loader', place: '-30,170' } },
    ])
    // What no row says.
    const counts = { total: 77, facets: [{ key: 'type', values: [] }], places: [] }
    await stack.sql`update run_results set counts = ${JSON.stringify(counts)}::text::jsonb`

    const opened = { total: 77, facets: counts.facets, map: { places: [], rowsWithoutPlace: 77 } }
    expect(await read()).toMatchObject(opened)
    expect(await read({ sort: { key: 'type', descending: true } })).toMatchObject(opened)
    const crane = { total: 1, facets: counts.facets, map: { places: [{ rows: 1 }], rowsWithoutPlace: 0 } }
    const north = { south: 0, west: 0, north: 90, east: 90 }
    for (const asked of [{ filter: { type: 'Crane' } }, { search: 'crane' }, { within: north }])
      expect(await read(asked)).toMatchObject(crane)
    expect(await read({ onlyNew: true })).toMatchObject({ total: 0, map: { places: [] } })
  })

  test('does not outlive rows that are added afterwards', async () => {
    await using stack = await openStack()
    const read = await endedResult(stack, [{ id: 'a', cells: {} }], [{ id: 'b', cells: { type: 'Crane' } }])
    expect(await read()).toMatchObject({ total: 2, facets: [{ values: [{ value: 'Crane', rows: 1 }] }] })
  })
})

test('20,000 rows are searched, sorted and counted in a fraction of a second', async () => {
  await using stack = await openStack()
  const rows = Array.from({ length: 20_000 }, (_, nth) => ({
    id: `r${nth}`,
    machine: machine(`m${nth}`, `Excavator ${nth}`, `SN${nth * 7}`),
    cells: { type: `Type ${nth % 60}`, fuel: (nth * 37) % 101, note: `Site ${nth % 900}` },
  }))
  const read = await resultOf(stack, rows)
  const beganAtMs = performance.now()

  const page = await read({ search: 'site 7', sort: { key: 'fuel', descending: true } })

  const tookMs = performance.now() - beganAtMs
  expect(page.total).toBeGreaterThan(1_000)
  expect(page.facets[0]?.values).toHaveLength(50)
  expect(tookMs).toBeLessThan(10_000) // A tenth of a second on a quiet machine.
})

describe('invariant 19: rows that no checkpoint kept', () => {
  test('are not shown, and are replaced by those of the next worker', async () => {
    await using stack = await openStack()
    const { id: runId } = await workedRun(stack)
    const read = readerOf(stack)
    await write(stack, runId, [{ id: 'kept', cells: { fuel: 1 } }])
    const dying = createResultWriter(stack.ctx.db, { id: runId, epoch: 1, accountId: account })
    await dying.rows([{ id: 'lost', cells: { fuel: 2 } }])
    await dying.flush()
    expect(ids(await read({ runId, limit: 9 }))).toEqual(['kept'])

    await stack.sql`update runs set epoch = 2`
    const next = createResultWriter(stack.ctx.db, { id: runId, epoch: 2, accountId: account })
    await next.rows([{ id: 'found again', cells: { fuel: 3 } }])
    await next.flush()
    await inTransaction(stack.ctx, (tx) => next.keep(tx.db))

    expect(ids(await read({ runId, limit: 9 }))).toEqual(['kept', 'found again'])
    await dying.rows([{ id: 'late', cells: {} }])
    await expect(dying.flush()).rejects.toThrow('')
    expect(ids(await read({ runId, limit: 9 }))).toEqual(['kept', 'found again'])
  })

  test('a row that is added twice appears once', async () => {
    await using stack = await openStack()
    const read = await resultOf(stack, [
      { id: 'a', cells: { fuel: 1 } },
      { id: 'a', cells: { fuel: 2 } },
      { id: 'b', cells: {} },
    ])
    expect(await read()).toMatchObject({ total: 2, rows: [{ id: 'a', cells: { fuel: 1 } }, { id: 'b' }] })
  })
})
