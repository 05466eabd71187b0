import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuditStack, account, createAuditStack, handOut } from '../../test/audit-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { connectDatabase } from '../database/database.ts'
import { findCheckpoint, findEnd } from './chain-store.ts'
import { listHandOutMonths, listHolders } from './hand-out-store.ts'
import { retainAudit } from './retain-audit.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const march = 'p1/hand-outs/2025-03'
const later = new Date('2026-01-01')

/** Groups of 1, 4 and 3 hand-outs: places 1, 2 to 5 and 6 to 8. The first and the last are of one kind. */
async function fill(stack: AuditStack) {
  const writer = stack.startWriter()
  const leave = async (fingerprint: string, times: number) => {
    await Promise.all(Array.from({ length: times }, () => writer.recordHandOut(handOut({ fingerprint }))))
    stack.clock.advance(1_000)
  }
  await leave('f', 1)
  await leave('g', 4)
  await leave('f', 3)
  return writer
}

describe('a group of hand-outs is one row, and what they have in common is written once for each writer', () => {
  test('by the token and who gets it, in the place of their first', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.startWriter('p2').recordHandOut(handOut({ fingerprint: 'f' }))

    expect(
      await stack.sql`select writer, seq::int, kind::int, cardinality(entries) as count from hand_out_groups order by writer, seq`,
    ).toEqual([
      { writer: march, seq: 1, kind: 1, count: 1 },
      { writer: march, seq: 5, kind: 2, count: 4 },
      { writer: march, seq: 8, kind: 1, count: 3 },
      { writer: 'p2/hand-outs/2025-03', seq: 1, kind: 1, count: 1 },
    ])
    expect(await stack.sql`select fingerprint from hand_out_kinds order by writer, no`).toEqual([
      { fingerprint: 'f' },
      { fingerprint: 'g' },
      { fingerprint: 'f' },
    ])
    expect(await stack.problems()).toEqual([])
  })

  test('each has its own moment and place, whatever was recorded with it', async () => {
    await using stack = await createAuditStack(database)
    const property = fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom('f', 'g', 'h')), {
        minLength: 1,
        maxLength: 30,
      }),
      async (leaving) => {
        const before = (await stack.handOuts()).length
        const writer = stack.startWriter()
        const left = leaving.map(([ms, fingerprint]) => {
          stack.clock.advance(ms)
          return { at: stack.clock.now(), fingerprint, isRecorded: writer.recordHandOut(handOut({ fingerprint })) }
        })
        await Promise.all(left.map(({ isRecorded }) => isRecorded))

        const listed = (await stack.handOuts()).slice(before)
        const inOrder = (ats: Array<{ at: Date; fingerprint: string }>) =>
          ats.map(({ at, fingerprint }) => `${at.toISOString()} ${fingerprint}`).sort()
        expect(inOrder(listed)).toEqual(inOrder(left))
        expect(await stack.problems()).toEqual([])
        stack.clock.advance(1)
      },
    )
    await fc.assert(property, { numRuns: 15 })
  })

  test('at the end of a month another chain begins', async () => {
    await using stack = await createAuditStack(database)
    const writer = await fill(stack)
    stack.clock.advance(new Date('2025-04-01').getTime() - stack.clock.now().getTime() - 1)
    const last = writer.recordHandOut(handOut())
    stack.clock.advance(1)
    await Promise.all([last, writer.recordHandOut(handOut())])

    const seqs =
      await stack.sql`select writer, seq::int from audit_heads where writer like '%hand-outs%' order by writer`
    expect(seqs).toEqual([
      { writer: march, seq: 9 },
      { writer: 'p1/hand-outs/2025-04', seq: 1 },
    ])
    expect(writer.knownEnds()).toEqual([{ writer: 'p1/hand-outs/2025-04', seq: 1 }]) // The month before may be dropped.
    expect(await stack.handOuts()).toHaveLength(10)
    expect(await stack.problems()).toEqual([])
  })
})

describe('invariant 18: a changed hand-out is named by its group and its place', () => {
  test.for([
    { what: 'the moment of one', set: 'entries[3] = entries[3] + 65536 * 250', places: [4] },
    { what: 'the check of one', set: 'entries[1] = entries[1] + 1', places: [2] },
    {
      what: 'the moments of two',
      set: 'entries[1] = entries[1] + 65536, entries[4] = entries[4] + 65536',
      places: [2, 5],
    },
    { what: 'two that changed places', set: 'entries[1] = entries[2], entries[2] = entries[1]', places: [2, 3] },
    { what: 'the moment of all', set: "at = at + interval '1 millisecond'", places: [5] },
    { what: 'the account', set: 'account_id = gen_random_uuid()', places: [5] },
    { what: 'the kind', set: 'kind = 1', places: [5] },
    { what: 'the key', set: "kid = 'another'", places: [5] },
    { what: 'the MAC', set: "mac = 'x'", places: [5], next: true },
  ])('$what', async ({ set, places, next }) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql.unsafe(`update hand_out_groups set ${set} where seq = 5`)
    expect(await stack.problems()).toMatchObject([
      ...places.map((seq) => ({ type: 'changed', writer: march, seq, group: 5 })),
      ...(next ? [{ type: 'changed', group: 8 }] : []),
    ])
  })

  test.for([
    'account_id = gen_random_uuid()',
    'generation = 2',
    "actor_kind = 'system'",
    "actor_id = 'somebody'",
    "key = 'another'",
    "scopes = '{a}'",
    "fingerprint = 'x'",
    'left_as = gen_random_uuid()',
  ])('what it has in common with others: %s', async (set) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql.unsafe(`update hand_out_kinds set ${set} where no = 2`)
    expect(await stack.problems()).toMatchObject([{ type: 'kind-changed', writer: march, seq: 2, group: 5 }])
  })

  test.for([
    { what: 'the first group', where: 'seq = 1', problem: { type: 'missing', seq: 1, count: 1 } },
    { what: 'one in the middle', where: 'seq = 5', problem: { type: 'missing', seq: 2, count: 4 } },
    { what: 'the last', where: 'seq = 8', problem: { type: 'cut-off', seq: 6, count: 3 } },
    { what: 'all', where: 'true', problem: { type: 'cut-off', seq: 1, count: 8 } },
  ])('gone: $what', async ({ where, problem }) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql.unsafe(`delete from hand_out_groups where ${where}`)
    expect((await stack.problems())[0]).toMatchObject({ ...problem, writer: march })
  })

  test('an entry that was taken out of its group, or put into it', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`update hand_out_groups set entries = entries[1:2] || entries[4:4] where seq = 5`
    expect((await stack.problems())[0]).toMatchObject({ type: 'missing', writer: march, seq: 2, count: 1 })
    await stack.sql`update hand_out_groups set entries = entries || entries where seq = 5`
    expect((await stack.problems())[0]).toMatchObject({ type: 'changed', writer: march, group: 5 })
  })

  test('a kind that is missing, and one that someone inserted', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`
      insert into hand_out_kinds
      select month, writer, 3, account_id, generation, actor_kind, 'somebody', key, scopes, fingerprint, null, kid, mac
      from hand_out_kinds where no = 2`
    expect(await stack.problems()).toMatchObject([{ type: 'kind-changed', writer: march, seq: 3 }])
    await stack.sql`delete from hand_out_kinds where no in (2, 3)`
    expect(await stack.problems()).toMatchObject([{ type: 'kind-missing', writer: march, seq: 2, group: 5 }])
  })

  test('a chain that was deleted with its end is missing according to the log', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    const head = await findEnd(stack.db, march)
    if (!head) throw new Error('the control: there is an end')
    expect(await stack.problems([head])).toEqual([])
    await stack.sql`drop table hand_out_groups_2025_03, hand_out_kinds_2025_03`
    expect(await stack.problems()).toMatchObject([{ type: 'cut-off', writer: march, seq: 1, count: 8 }])
    await stack.sql`delete from audit_heads`
    expect(await stack.problems([head])).toEqual([{ type: 'not-as-logged', writer: march, seq: 8 }])
  })
})

describe('months that are too old', () => {
  test('are dropped as a whole when they have ended for so long, and the log does not miss them', async () => {
    await using stack = await createAuditStack(database)
    const writer = await fill(stack)
    const head = await findEnd(stack.db, march)
    if (!head) throw new Error('the control: there is an end')
    stack.clock.advance(31 * 86_400_000)
    await writer.recordHandOut(handOut())

    expect(await retainAudit(stack.ctx, new Date('2025-03-31T23:59:59.999Z'))).toBe(0)
    expect(await retainAudit(stack.ctx, new Date('2025-04-01'))).toBe(8)
    expect((await listHandOutMonths(stack.db))[0]).toBe('2025-04')
    expect(await stack.handOuts()).toHaveLength(1)
    expect(await stack.problems([head])).toEqual([])

    // Putting back another month's mark, or a later end in the log, is noticed.
    expect(await stack.problems([{ ...head, at: later }])).toMatchObject([{ type: 'dropped-early', writer: march }])
    await stack.sql`update audit_checkpoints set at = at + interval '1 day'`
    expect((await stack.problems([head])).map(({ type }) => type)).toEqual(['end-changed', 'not-as-logged'])
  })

  test.for([
    { what: 'a group was changed', change: 'update hand_out_groups set entries[1] = entries[1] + 1 where seq = 5' },
    { what: 'a group was dated back', change: "update hand_out_groups set at = '2001-01-01' where seq = 5" },
    { what: 'a kind was changed', change: "update hand_out_kinds set fingerprint = 'x' where no = 2" },
    { what: 'the end was cut off', change: 'delete from hand_out_groups where seq = 8' },
    { what: 'the head was taken away', change: 'delete from audit_heads' },
    { what: 'the head is of somebody', change: "update audit_heads set signature = 'x'" },
  ])('stay where $what: it is verified first', async ({ change }) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql.unsafe(change)
    expect(await retainAudit(stack.ctx, later)).toBe(0)
    expect(await listHandOutMonths(stack.db)).toContain('2025-03')
    expect(stack.logged()).toEqual(['audit entries are kept: one is not what was signed; see `audit verify`'])
  })

  test('stay while they are read, and hand-outs do not wait', async () => {
    await using stack = await createAuditStack(database)
    const writer = await fill(stack)
    const other = connectDatabase(database.url, { pool: 1 })
    await other.db.transaction(async (tx) => {
      await tx.execute(sql`select from hand_out_groups`)
      expect(await retainAudit(stack.ctx, later)).toBe(0)
      expect(await writer.recordHandOut(handOut())).toBe(true)
    })
    await other.close()
    expect(await findCheckpoint(stack.db, 'hand-outs/2025-03')).toBeUndefined()
    expect(await retainAudit(stack.ctx, later)).toBe(9)
  })

  test('that are dropped before the spool is drained begin again', async () => {
    await using stack = await createAuditStack(database)
    const writer = await fill(stack)
    await retainAudit(stack.ctx, later)
    const spooled = { ...handOut(), entryId: crypto.randomUUID(), at: stack.clock.now() }
    await writer.recordSpooled(spooled)
    expect(await stack.handOuts()).toMatchObject([{ leftAs: spooled.entryId }])
    expect(await stack.problems()).toEqual([])
  })
})

test('who got tokens is found by the account, however many rows the audit has', async () => {
  await using stack = await createAuditStack(database)
  await fill(stack)
  await stack.startWriter('p2').recordHandOut(handOut({ fingerprint: 'f', scopeKey: 'a' }))
  await stack.db.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`) // A table of a few rows is looked through otherwise.
    const lookThroughs = async () =>
      (await tx.execute(sql`select sum(seq_scan) from pg_stat_xact_user_tables where relname like 'hand_out_%'`))[0]
    const before = await lookThroughs()
    const [first, last] = ['2025-03-01T12:00:00.000Z', '2025-03-01T12:00:03.000Z']
    expect(await listHolders(tx, account, 3)).toMatchObject([
      { actorId: 'reports', handOuts: 9, tokens: 2, scopes: ['a', 'b'], firstAt: first, lastAt: last },
    ])
    expect(await listHolders(tx, account, 4)).toEqual([])
    expect(await lookThroughs()).toEqual(before)
  })
})
