import { randomUUID } from 'node:crypto'
import { installationStateSchema } from '@standin/contracts'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type CallbackStack, createCallbackStack } from '../../test/callback-stack.ts'
import { createDatabase } from '../../test/create-database.ts'
import {
  connectExplained,
  type Explained,
  explainEverything,
  nodesOf,
  type Plan,
} from '../../test/explained-statements.ts'
import { insertAccounts, insertWork, letWait } from '../../test/many-accounts.ts'
import { countAccounts, readAccountCounts } from '../accounts/account-count-store.ts'
import { countAccountsByState, listAccountsForOperator } from '../accounts/account-list-store.ts'
import { whatIsDue } from '../database/due-store.ts'
import { listDeliveriesOf } from '../deliveries/delivery-list-store.ts'
import { describeAccounts } from '../operator/installations-command.ts'
import { countOpenRunsByState, listRunsOfAll } from '../runs/run-list-store.ts'
import { backgroundLoops } from './background-loops.ts'

const accounts = 3_000
/** A sweep may read as many of the oldest rows as it would delete at once. */
const mostRows = 500

let stack: CallbackStack
let executed: () => Explained[]
let close: () => Promise<void>
beforeAll(async () => {
  const name = `standin_loops_${randomUUID().replaceAll('-', '')}`
  const adminUrl = inject('postgresAdminUrl')
  const { url, drop } = await createDatabase({
    adminUrl,
    url: inject('postgresUrl'),
    name,
    template: inject('postgresTemplate'),
  })
  await explainEverything(adminUrl, name)
  const explained = connectExplained(url)
  stack = await createCallbackStack({ url, ...explained.connection })
  executed = explained.executed
  const { sql } = explained.connection
  await insertAccounts(sql, { count: accounts, scopeKey: 'asset.view', signedRows: stack.ctx.signedRows })
  await insertWork(sql)
  await sql`vacuum analyze`
  close = async () => {
    await stack.close()
    await explained.connection.close()
    await drop()
  }
})
afterAll(() => close())

test('no question and no loop reads more rows because there are more accounts', async () => {
  expect(await readByLoops()).toEqual({})
})

test('an operator’s list reads about as many rows as it shows, however many accounts and runs there are', async () => {
  const { sql } = stack.connection
  await sql`update credentials set state = 'quarantined' where account_id = (select max(account_id::text)::uuid from credentials)`
  await sql`update installations set suspended_up_to = now() where account_id = (select min(account_id::text)::uuid from installations)`
  await sql`update runs set state = 'failed', ended_at = now() where id = (select min(id::text)::uuid from runs)`
  executed()
  for (const state of installationStateSchema.options) {
    await describeAccounts(stack.ctx, { state, limit: 10 })
    await listAccountsForOperator(stack.db, { state, limit: 10 })
  }
  const failed = await listRunsOfAll(stack.db, { states: ['failed'], limit: 10 })
  const newest = await listRunsOfAll(stack.db, { limit: 10 })

  expect([failed.length, newest.length]).toEqual([1, 10])
  expect(readTooMuch(executed())).toEqual([])
})

test('no loop reads more rows because more accounts wait for a later moment', async () => {
  await letWait(stack.connection.sql)
  await stack.connection.sql`vacuum analyze`
  expect(await readByLoops()).toEqual({})
})

test('a scrape of the metrics counts the runs that are open, and reads few other rows', async () => {
  executed()
  await stack.ctx.metrics.text()
  const statements = executed().filter(({ text }) => !text.includes('"runs" counted'))
  expect(statements.length).toBeGreaterThan(5)
  expect(mostRead(statements)).toBeLessThanOrEqual(mostRows)
})

test('open runs of a state are counted up to a number', async () => {
  const open = { queued: 0, running: 0, cancelling: 0 }
  expect(await countOpenRunsByState(stack.db)).toEqual({ ...open, waiting: accounts })
  executed()
  expect(await countOpenRunsByState(stack.db, { countedTo: 100 })).toEqual({ ...open, waiting: 100 })
  expect(mostRead(executed())).toBeLessThanOrEqual(100)
})

test('what a list or a search finds is all that it reads, however many accounts are in another state', async () => {
  const { db, ctx, connection } = stack
  const ids = await connection.sql`select account_id from credentials order by account_id offset 100 limit 2`
  const [active = '', named = ''] = ids.map(({ account_id }) => String(account_id))
  await connection.sql`update credentials set state = 'active' where account_id = ${active}`
  await connection.sql`update installations set name_in_lower_case = 'acme' where account_id = ${named}`
  await connection.sql`vacuum analyze credentials, installations`
  executed()

  const finds = async (search: string, state: 'active' | 'parked') => [
    ...(await listAccountsForOperator(db, { search, state, limit: 10 })),
    ...(await describeAccounts(ctx, { search, state, limit: 10 })),
  ]
  expect(await listAccountsForOperator(db, { state: 'active', limit: 10 })).toMatchObject([{ accountId: active }])
  expect(await describeAccounts(ctx, { state: 'active', limit: 10 })).toMatchObject([{ accountId: active }])
  expect(await finds(active.slice(0, 13), 'active')).toMatchObject([{ accountId: active }, { accountId: active }])
  expect(await finds('', 'active')).toMatchObject([{ accountId: active }, { accountId: active }])
  expect(await finds('acme', 'parked')).toMatchObject([{ accountId: named }, { accountId: named }])
  expect(await finds('acme', 'active')).toEqual([])
  for (const state of [undefined, 'waiting', 'delivered'] as const)
    expect(await listDeliveriesOf(db, { state, limit: 10 })).toHaveLength(state === 'delivered' ? 0 : 10)

  expect(readTooMuch(executed())).toEqual([])
  await connection.sql`update credentials set state = 'parked' where account_id = ${active}`
})

test('accounts in force are counted up to a number, and estimated from there', async () => {
  const { sql } = stack.connection
  await sql`update credentials set state = 'active' where account_id in (select account_id from credentials limit ${accounts - 10})`
  await sql`update installations set paused_at = now() where account_id in (select account_id from installations limit 2)`
  await sql`vacuum analyze credentials`
  const others = { pending: 0, 'awaiting-approval': 0, rejected: 0, quarantined: 0, suspended: 0 }
  await countAccounts(stack.db)
  expect(await readAccountCounts(stack.db)).toEqual({ ...others, active: accounts - 10, parked: 10, paused: 2 })
  executed()
  await countAccounts(stack.db, { exactTo: 100 })
  expect(mostRead(executed())).toBeLessThanOrEqual(101)
  expect(await readAccountCounts(stack.db)).toEqual({ ...others, active: accounts - 10, parked: 10, paused: 2 })
  executed()
  expect(await countAccountsByState(stack.db, { exactTo: 100 })).toEqual({
    active: accounts - 10,
    parked: 10,
    paused: 2,
  })
  expect(mostRead(executed())).toBeLessThanOrEqual(101)
})

test('what is due of stopped accounts is set aside, and no loop reads it again', async () => {
  const { sql } = stack.connection
  const past = sql`now() - interval '1 second'`
  await sql`update installations set active_generation = null, paused_at = now()`
  await sql`update installations set suspended_up_to = now(), suspended_at = now(), uninstall_signalled_at = now()`
  await sql`update runs set waiting_until = ${past}`
  await sql`update schedules set due_at = ${past}`
  await sql`update deliveries set next_try_at = ${past}`
  await sql`vacuum analyze`
  const setAside = backgroundLoops(stack.ctx).find(({ name }) => name === 'set-aside-stopped')
  executed()
  while (await setAside?.work());
  expect(readTooMuch(executed())).toEqual([])

  expect(await readByLoops()).toEqual({})
})

/** What read too many rows, by its loop, except what counts accounts. */
async function readByLoops(): Promise<Record<string, number>> {
  const loops = backgroundLoops(stack.ctx)
  executed()
  const read: Record<string, number> = {}
  const note = (name: string) => {
    const statements = executed()
    for (const statement of statements) {
      const rows = mostRead([statement])
      if (rows > mostRows) read[`${name}: ${statement.text.replaceAll(/\s+/g, ' ').slice(0, 90)}`] = rows
    }
    return statements.length
  }
  for (const { name, due, hear } of loops) {
    if (!due) continue
    hear?.(0)
    await whatIsDue(stack.db, new Map([[name, due]]))
    expect(note(`${name} is due`)).toBeGreaterThan(0)
  }
  for (const { name, work } of loops) {
    if (name === 'count-accounts') continue
    await work()
    note(name)
  }
  return read
}

const readTooMuch = (statements: readonly Explained[]) =>
  statements.filter((statement) => mostRead([statement]) > mostRows).map(({ text }) => text)

const mostRead = (statements: readonly Explained[]) =>
  Math.max(...statements.flatMap(({ plan }) => nodesOf(plan).map(rowsRead)))

/** What a node took from its table, also what it did not pass on. */
const rowsRead = ({
  'Relation Name': table,
  'Actual Loops': loops = 0,
  'Actual Rows': rows = 0,
  'Rows Removed by Filter': removed = 0,
}: Plan) => (table === undefined || table.startsWith('pg_') ? 0 : loops * (rows + removed))
