import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type AuditStack, account, createAuditStack, handOut } from '../../test/audit-stack.ts'
import { createGate } from '../../test/gate.ts'
import { patiently } from '../../test/patiently.ts'
import { auditRing } from '../../test/signed-rows.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { connectDatabase } from '../database/database.ts'
import { createLogger } from '../observability/logger.ts'
import { createAudit } from './audit.ts'
import { findCheckpoint, findEnd } from './chain-store.ts'
import { record, recordWhere } from './record.ts'
import { retainAudit } from './retain-audit.ts'
import { sealEntries } from './seal-entries.ts'
import { verifyAudit } from './verify-audit.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const changes = 'p1/changes'

/** Five hand-outs and five changes, chained. */
async function fill(stack: AuditStack): Promise<void> {
  const writer = stack.startWriter()
  for (let made = 0; made < 5; made++) {
    await writer.recordHandOut(handOut())
    await stack.change('grant.set', { b: [2, { d: 1, c: null }], a: `x${made}` })
    stack.clock.advance(60_000)
  }
  await stack.seal()
}

describe('invariant 18: a changed, missing or cut-off row is found by a command that names it', () => {
  test('the control: an untouched audit has no problem', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.change('grant.set') // Committed, and not chained yet.
    expect(await stack.problems()).toEqual([])
    expect(await stack.rows()).toHaveLength(6)
    expect(await stack.handOuts()).toHaveLength(5)
  })

  test.for([
    { column: 'at', value: "at + interval '1 millisecond'" },
    { column: 'actor_kind', value: "'user'" },
    { column: 'actor_id', value: "'somebody'" },
    { column: 'actor_name', value: "'Somebody'" },
    { column: 'event', value: "'token.returned'" },
    { column: 'account_id', value: 'gen_random_uuid()' },
    { column: 'generation', value: '4' },
    { column: 'details', value: `details || '{"scopes":["a"]}'` },
    { column: 'entry_id', value: 'gen_random_uuid()' },
    { column: 'chain_kid', value: "'another'" },
  ])('a changed $column', async ({ column, value }) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql.unsafe(
      `update audit_entries set ${column} = ${value} where writer = '${changes}' and writer_seq = 3`,
    )
    expect(await stack.problems()).toMatchObject([{ type: 'changed', writer: changes, seq: 3 }])
  })

  test('rows that changed places', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`update audit_entries set writer_seq = -2 where writer = ${changes} and writer_seq = 2`
    await stack.sql`update audit_entries set writer_seq = 2 where writer = ${changes} and writer_seq = 4`
    await stack.sql`update audit_entries set writer_seq = 4 where writer = ${changes} and writer_seq = -2`
    expect((await stack.problems())[0]).toMatchObject({ type: 'changed', writer: changes, seq: 2 })
  })

  test('missing rows: at the beginning, in the middle, at the end, and all of them', async () => {
    for (const [where, problem] of [
      ['writer_seq = 1', { type: 'missing', seq: 1, count: 1 }],
      ['writer_seq in (2, 3)', { type: 'missing', seq: 2, count: 2 }],
      ['writer_seq >= 4', { type: 'cut-off', seq: 4, count: 2 }],
      ['true', { type: 'cut-off', seq: 1, count: 5 }],
    ] as const) {
      await using stack = await createAuditStack(database)
      await fill(stack)
      await stack.sql.unsafe(`delete from audit_entries where writer = '${changes}' and ${where}`)
      expect(await stack.problems(), where).toMatchObject([{ ...problem, writer: changes }])
    }
  })

  test('an end that was moved back without the key', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`delete from audit_entries where writer = ${changes} and writer_seq = 5`
    await stack.sql`
      update audit_heads set seq = 4, mac = (select chain_mac from audit_entries where writer = ${changes} and writer_seq = 4)
      where writer = ${changes}`
    expect(await stack.problems()).toMatchObject([{ type: 'end-changed', writer: changes, end: 'head' }])
  })

  test('an end with another time', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`update audit_heads set at = at + interval '1 millisecond' where writer = ${changes}`
    expect(await stack.problems()).toMatchObject([{ type: 'end-changed', writer: changes, end: 'head' }])
  })

  test('the log reveals a chain that was deleted with its end, or put back to an earlier state', async () => {
    await using stack = await createAuditStack(database)
    await stack.change('grant.set')
    await stack.seal()
    const early = await findEnd(stack.db, changes)
    await fill(stack)
    const logged = await findEnd(stack.db, changes)
    if (!early || !logged) throw new Error('the control: there are ends')
    expect(await stack.problems([early, logged])).toEqual([])

    await stack.sql`delete from audit_entries where writer = ${logged.writer} and writer_seq > 1`
    await stack.sql`update audit_heads set ${stack.sql({ ...early, at: early.at.toISOString() })} where writer = ${logged.writer}`
    expect(await stack.problems()).toEqual([]) // Without the log, this cannot be known.
    expect(await stack.problems([early, logged])).toEqual([
      { type: 'not-as-logged', writer: logged.writer, seq: logged.seq },
    ])

    await stack.sql`delete from audit_entries where writer = ${logged.writer}`
    await stack.sql`delete from audit_heads where writer = ${logged.writer}`
    expect(await stack.problems([logged])).toEqual([{ type: 'not-as-logged', writer: logged.writer, seq: logged.seq }])
  })

  test('an inserted row without a signature, before and after the chaining', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`
      insert into audit_entries (at, actor_kind, actor_id, event, details, entry_id, kid, entry_mac)
      select at, actor_kind, 'somebody', event, details, gen_random_uuid(), kid, entry_mac from audit_entries
      where writer = ${changes} limit 1`
    expect(await stack.problems()).toMatchObject([{ type: 'unsigned' }])
    await stack.seal()
    expect(await stack.problems()).toMatchObject([{ type: 'unsigned' }])
    await stack.sql`update audit_entries set kid = 'another', entry_mac = 'x' where writer is null`
    await stack.change('grant.set')
    await stack.seal()
    expect(await stack.problems()).toHaveLength(1)
    expect(await stack.sql`select 1 from audit_entries where writer is null`).toHaveLength(1)
  })

  test('any single change to the tables', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    const kept = await stack.sql`select * from audit_entries`
    const touch = fc.record({
      which: fc.nat(kept.length - 1),
      how: fc.constantFrom(
        'details = details || \'{"x":1}\'',
        "actor_id = actor_id || 'x'",
        'writer_seq = writer_seq + 100',
        "chain_mac = 'x'",
      ),
    })
    const property = fc.asyncProperty(touch, async ({ which, how }) => {
      const { id } = kept[which] ?? {}
      const [row] = await stack.sql`select * from audit_entries where id = ${id}`
      await stack.sql.unsafe(`update audit_entries set ${how} where id = ${id}`)
      const [problem] = await stack.problems()
      expect(problem).toMatchObject({ writer: row?.writer })
      await stack.sql`
        update audit_entries set details = ${JSON.stringify(row?.details)}::text::jsonb, actor_id = ${row?.actor_id},
          writer_seq = ${row?.writer_seq}, chain_mac = ${row?.chain_mac}
        where id = ${id}`
      expect(await stack.problems()).toEqual([])
    })
    await fc.assert(property, { numRuns: 25 })
  })
})

describe('rows that are too old', () => {
  test('go, and leave a signed checkpoint from which the rest is verified', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    const before = new Date(stack.clock.now().getTime() - 3 * 60_000)

    expect(await retainAudit(stack.ctx, before)).toBe(2)
    expect(await stack.problems()).toEqual([])
    expect(await retainAudit(stack.ctx, before)).toBe(0)

    await stack.change('grant.set')
    await stack.seal()
    expect(await stack.problems()).toEqual([])
    await stack.sql`delete from audit_entries where writer = ${changes} and writer_seq = 3`
    expect(await stack.problems()).toMatchObject([{ type: 'missing', writer: changes, seq: 3, count: 1 }])
    await stack.sql`update audit_checkpoints set seq = 3 where writer = ${changes}`
    expect(await stack.problems()).toMatchObject([{ type: 'end-changed', writer: changes, end: 'checkpoint' }, {}])
  })

  test.for([1, 2, 5])('all of a chain, %i in a transaction', async (atOnce) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    expect(await retainAudit(stack.ctx, stack.clock.now(), { atOnce })).toBe(5)
    expect(await stack.problems()).toEqual([])
  })

  test('invariant 18: backdated rows stay, with all rows after them, and are named', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await stack.sql`update audit_entries set at = '2001-01-01' where writer = ${changes} and writer_seq in (2, 3, 4)`

    expect(await retainAudit(stack.ctx, new Date('2002-01-01'))).toBe(0)
    expect(await retainAudit(stack.ctx, stack.clock.now())).toBe(1)

    expect(await stack.sql`select from audit_entries where writer = ${changes}`).toHaveLength(4)
    expect(await stack.problems()).toMatchObject([2, 3, 4].map((seq) => ({ type: 'changed', writer: changes, seq })))
    expect(stack.logged()).toEqual(['audit entries are kept: one is not what was signed; see `audit verify`'])
  })

  test.for([
    { title: 'are gone from the middle', change: `delete from audit_entries where writer_seq = 2` },
    { title: 'follow an unsigned checkpoint', change: 'update audit_checkpoints set at = now()', begun: true },
  ])('where some $title, the rest stays', async ({ change, begun }) => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    if (begun) await retainAudit(stack.ctx, new Date(stack.clock.now().getTime() - 5 * 60_000 + 1))
    await stack.sql.unsafe(change)
    await retainAudit(stack.ctx, stack.clock.now())
    expect(await stack.sql`select from audit_entries where writer_seq > 2`).toHaveLength(3)
  })

  test('invariant 18: the log reveals rows that were dropped under a checkpoint signed with a stolen key', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    const head = await findEnd(stack.db, changes)
    if (!head) throw new Error('the control: there is an end')
    await retainAudit(stack.ctx, new Date(head.at.getTime() + 1))
    expect(await stack.problems([head])).toEqual([])

    const checkpoint = await findCheckpoint(stack.db, changes)
    if (!checkpoint) throw new Error('the control: there is a checkpoint')
    const sign = async (change: Partial<typeof checkpoint>) => {
      const end = { ...checkpoint, ...change }
      const signature = stack.macs.ofEnd('checkpoint', end)
      const row = { mac: end.mac, at: end.at.toISOString(), signature }
      await stack.sql`update audit_checkpoints set ${stack.sql(row)} where writer = ${changes}`
    }
    await sign({ at: new Date('2001-01-01') })
    expect(await stack.problems([head])).toMatchObject([{ type: 'dropped-early', writer: changes, seq: 5 }])
    await sign({ mac: 'another' })
    expect(await stack.problems([head])).toMatchObject([{ type: 'not-as-logged', writer: changes, seq: 5 }])
  })

  test('a row inserted before the beginning of a chain is named', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    await retainAudit(stack.ctx, new Date(stack.clock.now().getTime() - 3 * 60_000))
    await stack.sql`
      insert into audit_entries (at, actor_kind, actor_id, event, details, writer, writer_seq)
      values ('2001-01-01', 'user', 'somebody', 'run.started', '{}', ${changes}, 1)`
    expect(await stack.problems()).toMatchObject([{ type: 'changed', writer: changes, seq: 1 }])
  })

  test('are not reported as missing by a replica that would drop fewer: a checkpoint never moves back', async () => {
    await using stack = await createAuditStack(database)
    await fill(stack)
    const [all, some] = [stack.clock.now(), new Date(stack.clock.now().getTime() - 3 * 60_000)]
    const dropping = await stack.db.transaction(async (tx) => {
      await tx.execute(sql`lock table audit_checkpoints in exclusive mode`)
      const late = retainAudit(stack.ctx, some) // It has read, and waits.
      await vi.waitUntil(async () => (await stack.sql`select from pg_locks where not granted`).length > 0, patiently)
      await retainAudit({ ...stack.ctx, db: tx }, all)
      return { late }
    })
    await dropping.late
    expect(await stack.problems()).toEqual([])
  })

  test.for([0, 3])(
    'are not reported as missing if they are dropped during a verification; %i minutes of them stay',
    async (minutes) => {
      await using stack = await createAuditStack(database)
      await fill(stack)
      const before = new Date(stack.clock.now().getTime() - minutes * 60_000)
      const begun = await stack.db.transaction(async (tx) => {
        await tx.execute(sql`lock table audit_entries in access exclusive mode`)
        const verifying = verifyAudit(stack.ctx)
        await vi.waitUntil(async () => (await stack.sql`select from pg_locks where not granted`).length > 0, patiently)
        await retainAudit({ ...stack.ctx, db: tx }, before)
        return { verifying }
      })
      expect((await begun.verifying).problems).toEqual([])
    },
  )
})

describe('keys of the audit', () => {
  const bytes = (text: string) => new Uint8Array(32).fill(text.charCodeAt(0))
  test('can be replaced without a gap: rows that an older key signed verify while it is in the ring', async () => {
    const [old, next] = [
      { kid: 'old', bytes: bytes('o') },
      { kid: 'new', bytes: bytes('n') },
    ]
    await using stack = await createAuditStack(database, { ring: [old] })
    await fill(stack)
    const { db, clock } = stack
    const both = createAudit({ db, clock, keys: [next, old], process: 'p1' })
    await both.recordHandOut(handOut())

    expect((await verifyAudit({ db, audit: both })).problems).toEqual([])
    expect((await verifyAudit(stack.ctx)).problems).toMatchObject([
      { type: 'end-changed' },
      { type: 'kind-changed', seq: 6 },
      { type: 'changed', seq: 6 },
    ])
  })
})

test('a row written by a statement itself is signed like any other, and only exists if the statement changed something', async () => {
  await using stack = await createAuditStack(database)
  const entry = {
    actor: { kind: 'user', id: 'u', name: 'Ø' },
    event: 'change.made',
    accountId: account,
    details: { b: 1, a: { d: "'" } },
  } as const
  for (const generation of [3, 9]) {
    const changed = sql`update installations set active_generation = 4 where active_generation = ${generation} returning 1`
    const end = recordWhere(sql`changed`, stack, entry)
    await stack.db.execute(sql`with changed as (${changed}) ${end}`)
  }
  await stack.seal()

  expect(await stack.rows()).toMatchObject([
    { event: 'change.made', actor_name: 'Ø', writer: changes, writer_seq: '1' },
  ])
  expect(await stack.problems()).toEqual([])
})

test('rows commit and roll back with their transaction, also a nested one', async () => {
  await using stack = await createAuditStack(database)
  const actor = { kind: 'system', id: 'test' } as const
  await stack.db
    .transaction(async (tx) => {
      await record({ db: tx, audit: stack.audit }, { actor, event: 'grant.removed' })
      throw new Error('no')
    })
    .catch(() => {})
  await stack.db.transaction(async (tx) => {
    await record({ db: tx, audit: stack.audit }, { actor, event: 'grant.set' })
    await tx.transaction((inner) => record({ db: inner, audit: stack.audit }, { actor, event: 'filter.saved' }))
  })
  await stack.seal()
  expect((await stack.rows()).map(({ event, writer_seq }) => [event, Number(writer_seq)])).toEqual([
    ['grant.set', 1],
    ['filter.saved', 2],
  ])
  expect(await stack.problems()).toEqual([])
})

test('if two replicas chain rows at once, each row is in one chain, once', async () => {
  await using stack = await createAuditStack(database)
  const other = connectDatabase(database.url, { pool: 2 })
  const audit = createAudit({ db: other.db, clock: stack.clock, keys: auditRing, process: 'p2' })
  const seal = () => sealEntries({ db: other.db, audit, log: createLogger('silent') })
  await Promise.all(Array.from({ length: 40 }, (_, index) => stack.change('grant.set', { index })))
  await Promise.all([stack.seal(), seal(), stack.seal(), seal()].map((each) => each.catch(() => {})))
  await stack.seal()
  expect((await stack.rows()).every(({ writer }) => writer !== null)).toBe(true)
  expect(await stack.problems()).toEqual([])
  await other.close()
})

test('invariant 27: the end of a chain is known once it is committed, and not while its commit takes long', async () => {
  await using stack = await createAuditStack(database)
  const gate = createGate()
  const { db } = stack
  const slow = new Proxy(db, {
    get: (target, name) =>
      name === 'transaction'
        ? (work: Parameters<typeof db.transaction>[0]) =>
            db.transaction(async (tx) => {
              const result = await work(tx)
              await gate.pass() // Everything but the commit is done.
              return result
            })
        : Reflect.get(target, name),
  })
  await stack.change('grant.set')
  const sealing = sealEntries({ ...stack.ctx, db: slow })
  await gate.reached
  const meanwhile = stack.audit.knownEnds()
  gate.open()
  await sealing
  expect(meanwhile).toEqual([])
  expect(stack.audit.knownEnds()).toEqual([{ writer: changes, seq: 1 }])
})
