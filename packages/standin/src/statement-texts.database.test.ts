import { randomUUID } from 'node:crypto'
import { sql as rawSql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { installAccount } from '../test/run-stack.ts'
import { createTestDatabase } from '../test/test-database.ts'
import { openTestReplica } from '../test/test-replica.ts'
import { unheard } from '../test/unheard.ts'
import { type ObservedToken, saveObservedTokens } from './access/observed-token-store.ts'
import { listAccounts } from './accounts/account-store.ts'
import { credentialsDue } from './accounts/due-credential-store.ts'
import { listInstallationEvents } from './accounts/installation-event-store.ts'
import { deleteInstallations } from './accounts/many-accounts-store.ts'
import { reviewsDue, uninstallsDue } from './accounts/stopped-account-store.ts'
import { countAudit, listAudit } from './activity/activity-store.ts'
import { unchainedDue } from './audit/chain-store.ts'
import { insertRejections } from './callbacks/rejected/rejection-store.ts'
import { inTransaction } from './context.ts'
import { connectDatabase, type Database } from './database/database.ts'
import { whatIsDue } from './database/due-store.ts'
import { deliveriesDue, deliveriesOfRuns } from './deliveries/delivery-store.ts'
import { countChoices, countMachines } from './machines/choice-store.ts'
import { listMachines } from './machines/machine-store.ts'
import { artifactsOfRuns } from './results/artifacts/artifact-store.ts'
import { countPlaces, countRows, listRows } from './results/result-row-store.ts'
import { runsDue, runsHeld } from './runs/run-lease-store.ts'
import { listRuns } from './runs/run-list-store.ts'
import { markPromoted } from './runs/run-promotion-store.ts'
import { schedulesDue } from './schedules/schedule-store.ts'
import { tokensDue } from './tokens/refresh-store.ts'
import { changeBudgets } from './trackunit/rate-budget-store.ts'

const database = await createTestDatabase()
const connection = connectDatabase(database.url, { pool: 1 })
const { db, sql } = connection
const replica = openTestReplica(database, { connection })
afterAll(async () => {
  await replica.close()
  await database.drop()
})

const accountId = '11111111-1111-4111-8111-111111111111'
const kept = { accountId, runId: randomUUID(), rows: 5, previousRunId: null, columns: [], chart: null, detail: null }
const many = <Each>(count: number, each: (index: number) => Each) =>
  Array.from({ length: count }, (_, index) => each(index))

const statements = async () => Number((await sql`select count(*)::int as count from pg_prepared_statements`)[0]?.count)

/** How many statements a store prepares for inputs of many sizes. */
async function preparedBy(call: (size: number) => Promise<unknown>, sizes: readonly number[]): Promise<number> {
  const before = await statements()
  for (const size of sizes) await call(size)
  return (await statements()) - before
}

async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}

const rejections = (size: number) => ({
  counts: new Map(many(size, (index) => [`2025-01-${String((index % 28) + 1).padStart(2, '0')} INPUT_INVALID`, 1])),
  samples: many(size, () => ({ at: new Date(), reason: 'INPUT_INVALID' as const, details: { address: 'x' } })),
})
const observed = (size: number): ObservedToken[] =>
  many(size, (index) => ({ kind: 'claim', value: `c${index}`, form: 'text', count: 1, lastAt: new Date() }))

describe('a statement’s text does not depend on the size of its input', () => {
  const stores: Array<[name: string, most: number, call: (db: Database, size: number) => Promise<unknown>]> = [
    [
      'accounts',
      1,
      (db, size) =>
        listAccounts(
          { ...replica.ctx, db },
          many(size, () => randomUUID()),
          { limit: 5 },
        ),
    ],
    [
      'installation events',
      1,
      (db, size) =>
        listInstallationEvents(
          { ...replica.ctx, db },
          many(size, () => randomUUID()),
          { after: 0, limit: 5 },
        ),
    ],
    [
      'files of runs',
      1,
      (db, size) =>
        artifactsOfRuns(
          db,
          accountId,
          many(size, () => randomUUID()),
        ),
    ],
    [
      ...(['deliveries of runs', 1] as const),
      (db, size) =>
        deliveriesOfRuns(
          db,
          many(size, () => ({ id: randomUUID(), accountId, endedAt: new Date(), deliverTo: [] })),
        ),
    ],
    [
      'runs made due',
      2,
      (db, size) =>
        inTransaction({ db, notices: unheard }, (tx) =>
          markPromoted(
            tx,
            accountId,
            many(size, () => ({ id: randomUUID() })),
          ),
        ),
    ],
    [
      'accounts of nothing',
      2, // One for a single account, which is named.
      (db, size) =>
        db.transaction((tx) =>
          deleteInstallations(
            tx,
            many(size, () => randomUUID()),
          ),
        ),
    ],
    ['refused tokens', 9, (db, size) => saveObservedTokens(db, observed(size))],
    ['refused callbacks', 4, (db, size) => insertRejections(db, rejections(size))],
    [
      ...(['limits', 4] as const),
      (db, size) =>
        changeBudgets(db, { accountId, keys: many(size, (index) => `key ${size} ${index}`) }, () => ({ result: 0 })),
    ],
  ]
  test.for(stores)('%s', async ([, most, call]) => {
    expect(await preparedBy((size) => call(db, size), [1, 2, 3, 5, 8, 13, 21])).toBeLessThanOrEqual(most)
  })
})

describe('invariant 25: whatever is searched for, the prepared statements are few', () => {
  const text = fc.string({ minLength: 1, maxLength: 5 })
  const texts = fc.option(fc.array(text, { maxLength: 30 }), { nil: undefined })
  const moment = fc.option(fc.date({ min: new Date(0), max: new Date('2030-01-01'), noInvalidDate: true }), {
    nil: undefined,
  })
  const column = (kind: 'text' | 'number') => ({ key: 'k', title: 'K', kind, filterable: true })

  /** Each input is of another size and shape: thousands of texts, were each its own. */
  async function preparedForAny<Input>(input: fc.Arbitrary<Input>, call: (input: Input) => Promise<unknown>) {
    const before = await statements()
    await fc.assert(
      fc.asyncProperty(input, async (each) => void (await call(each))),
      { numRuns: 150 },
    )
    return (await statements()) - before
  }

  test('rows of a result', async () => {
    const selection = fc.record({
      words: fc.array(text, { maxLength: 100 }),
      filter: fc.array(fc.record({ key: text, value: text }), { maxLength: 40 }),
      isNew: fc.constantFrom(true as const, undefined),
      sort: fc.option(
        fc.record({
          column: fc.constantFrom('machine' as const, column('text'), column('number')),
          descending: fc.boolean(),
        }),
        { nil: undefined },
      ),
      after: fc.option(fc.nat(9), { nil: undefined }),
    })
    const ask = async ({ after, ...of }: typeof selection extends fc.Arbitrary<infer Each> ? Each : never) => {
      await listRows(db, kept, { ...of, after, limit: 5 })
      await countRows(db, kept, of)
      await countPlaces(db, kept, { ...of, key: 'k', namedBy: after === undefined ? 'n' : undefined })
    }
    // A text for each kind of column, direction, and with or without a row to begin after.
    expect(await preparedForAny(selection, ask)).toBeLessThanOrEqual(14 + 1 + 2)
  })

  test('entries of the audit', async () => {
    const query = fc.record({
      from: moment,
      to: moment,
      actorId: fc.option(text, { nil: undefined }),
      actorKinds: fc.option(
        fc.array(fc.constantFrom('user' as const, 'service' as const, 'system' as const), { maxLength: 6 }),
        { nil: undefined },
      ),
      kinds: fc.option(
        fc.array(fc.constantFrom('read' as const, 'changed' as const, 'sent' as const, 'access' as const), {
          maxLength: 4,
        }),
        { nil: undefined },
      ),
      changesOfRun: fc.option(fc.constant(randomUUID()), { nil: undefined }),
      before: fc.option(
        fc.constantFrom({ at: new Date(), number: 1 }, { at: new Date(), writer: 'p1/hand-outs/2026-11', number: 1 }),
        { nil: undefined },
      ),
    })
    const ask = async ({ before, ...of }: typeof query extends fc.Arbitrary<infer Each> ? Each : never) => {
      await listAudit(db, { accountId, ...of }, { before, limit: 5 })
      await countAudit(db, { accountId, ...of })
    }
    expect(await preparedForAny(query, ask)).toBeLessThanOrEqual(6)
  })

  test('runs', async () => {
    const listing = fc.record({
      actionId: fc.option(text, { nil: undefined }),
      scheduleId: fc.option(fc.constant(randomUUID()), { nil: undefined }),
      states: fc.option(
        fc.array(fc.constantFrom('queued' as const, 'running' as const, 'failed' as const), { maxLength: 7 }),
        { nil: undefined },
      ),
      before: fc.option(fc.constant({ createdAt: new Date(), id: randomUUID() }), { nil: undefined }),
    })
    expect(
      await preparedForAny(listing, (of) =>
        listRuns(db, { accountId, actionIds: undefined, limit: 5, ...of } as Parameters<typeof listRuns>[1]),
      ),
    ).toBeLessThanOrEqual(4)
  })

  test('machines', async () => {
    const filter = fc.record({ groupIds: texts, siteIds: texts, types: texts })
    const ask = async (of: {
      groupIds?: string[] | undefined
      siteIds?: string[] | undefined
      types?: string[] | undefined
    }) => {
      await countMachines(db, { accountId, own: of.types, filter: of })
      await countChoices(db, { accountId, own: of.types, search: of.types?.join('') ?? '', limit: 5 })
      await drain(listMachines(db, { accountId, own: of.types, question: 'q', filter: of }))
    }
    expect(await preparedForAny(filter, ask)).toBeLessThanOrEqual(5)
  })
})

test('invariant 25: statements beyond the known ones are not prepared', async () => {
  for (let variant = 0; variant < 700; variant++)
    await db.execute(rawSql`select ${variant} + ${rawSql.raw(String(variant))} as sum`)
  expect(await statements()).toBeLessThan(520)
  expect(connection.preparedTexts()).toBe(500)
})

test('what is due is planned once, however many runs and schedules there are', async () => {
  await using filled = await createTestDatabase()
  const only = connectDatabase(filled.url, { pool: 1 })
  onTestFinished(only.close)
  await only.sql`insert into runs (account_id, action_id, mode, input, idempotency_key, started_by, reads_with, may_overlap, state, progress, steps, ended_at)
    select gen_random_uuid(), 'a', 'apply', '{}', 'key', '{}', '{}', false, 'succeeded', '{}', '[]', now() from generate_series(1, 20000)`
  await only.sql`insert into schedules (account_id, action_id, input, recurrence, time_zone, deliver_to, state, anchor_at, due_at, created_by)
    select gen_random_uuid(), 'a', '{}', '', 'UTC', '[]', 'active', now(), now() + interval '1 day', '{}' from generate_series(1, 20000)`
  await only.sql`analyze runs, schedules`
  const ofRuns = { runsHeld, runsDue, schedulesDue, deliveriesDue }
  const questions = {
    ...ofRuns,
    credentialsDue,
    uninstallsDue: uninstallsDue(0),
    reviewsDue,
    tokensDue,
    sealing: unchainedDue(['kid']),
  }

  for (let times = 0; times < 8; times++) await whatIsDue(only.db, new Map(Object.entries(questions)))

  // PostgreSQL always plans the first five executions, to compare the costs.
  const planned =
    await only.sql`select custom_plans::int as each, generic_plans::int as once from pg_prepared_statements
    where statement like '%runsHeld%' and statement not like '%pg_prepared_statements%'`
  expect(planned).toEqual([{ each: 5, once: 3 }])
})

describe('accounts beyond the 65,534 parameters of a statement', () => {
  beforeAll(() => installAccount(replica.ctx, accountId))
  test('are listed', async () => {
    const accounts = [...many(70_000, () => randomUUID()), accountId]
    expect(await listAccounts(replica.ctx, accounts, { limit: 5 })).toEqual([accountId])
    expect(await listInstallationEvents(replica.ctx, accounts, { after: 0, limit: 5 })).toMatchObject({ events: [] })
  })
})
