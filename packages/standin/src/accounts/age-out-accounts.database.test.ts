import { expect, test } from 'vitest'
import { account, installed, otherAccount, prepareCallbackStacks, refuses } from '../../test/callback-stack.ts'
import { ageOutCallbacks } from '../callbacks/age-out-callbacks.ts'
import { deleteOldCallbacks } from '../callbacks/callback-store.ts'
import { callbacks } from '../callbacks/callback-table.ts'
import { ageOutAccounts } from './age-out-accounts.ts'
import { eraseAbandoned } from './erase-abandoned.ts'
import { listInstallationEvents, numberInstallationEvents } from './installation-event-store.ts'

const createStack = prepareCallbackStacks()

test('credentials that never served are deleted, with their account and its callbacks; those that served stay', async () => {
  const stack = await createStack()
  stack.clients.set('garbage', refuses)
  await stack.send(installed('first'), { at: 1 })
  await stack.prover.proveDue()
  await stack.send(installed('second'), { at: 3 })
  await stack.prover.proveDue()
  await stack.send(installed('late'), { at: 2 }) // Superseded when it arrives.
  await stack.send(installed('garbage', { accountId: otherAccount }), { at: 1, bound: false })
  await stack.connection
    .sql`update credentials set state = 'rejected', next_attempt_at = null where client_id = 'garbage'`

  const ageOut = async () => {
    const then = new Date(stack.clock.now().getTime() - 31 * 86_400_000).toISOString()
    await stack.connection.sql`update credentials set since = ${then}`
    await stack.connection.sql`update installations set changed_at = ${then}`
    await stack.connection.sql`update callbacks set received_at = ${then}`
    await eraseAbandoned(stack.ctx)
    while (await ageOutAccounts(stack.ctx)) {}
    while (await ageOutCallbacks(stack.ctx)) {}
    return (await stack.db.select().from(callbacks)).length
  }
  expect(await ageOut()).toBe(3)
  expect(await stack.rows()).toMatchObject([
    { clientId: 'first', state: 'superseded' },
    { clientId: 'second', state: 'active' },
  ])
  expect(await stack.rows(otherAccount)).toMatchObject([{ state: 'uninstalled', sealedSecret: null }])

  expect(await ageOut()).toBe(2)
  expect(await stack.rows(otherAccount)).toEqual([])
  await ageOut()
  expect(await stack.installation(otherAccount)).toBeUndefined()
  expect(await stack.installation(account)).toMatchObject({ activeGeneration: 2 })

  await stack.send(installed('genuine', { accountId: otherAccount }))
  await stack.prover.proveDue()
  expect(await stack.rows(otherAccount)).toMatchObject([{ clientId: 'genuine', state: 'active' }])
})

test('ledger entries that stay with their credentials are not looked at to find those that go', async () => {
  const stack = await createStack()
  await stack.send(installed('first'), { at: 1 })
  const { sql } = stack.connection
  const copies = (generation: number | null, count: number) => sql`
    insert into callbacks select (jsonb_populate_record(callback, jsonb_build_object(
      'id', gen_random_uuid(), 'generation', ${generation}::int, 'received_at', '2001-01-01'))).*
    from callbacks callback, generate_series(1, ${count}) where received_at > '2002-01-01'`
  await copies(1, 5_000)
  await copies(null, 30)
  await sql`vacuum analyze callbacks`

  const work = await stack.db.transaction(async (tx) => {
    const sofar = async () => {
      const [row] = await tx.execute<{ found: number; scanned: number; deleted: number }>(`
        select pg_stat_get_xact_tuples_returned('callbacks_ageing'::regclass)::int as found,
          pg_stat_get_xact_tuples_returned('callbacks'::regclass)::int as scanned,
          pg_stat_get_xact_tuples_deleted('callbacks'::regclass)::int as deleted`)
      if (!row) throw new Error('PostgreSQL counts what a transaction did')
      return row
    }
    const before = await sofar() // Of the session's earlier transactions, until they are reported.
    await deleteOldCallbacks(tx, { before: stack.clock.now(), limit: 1_000 })
    const after = await sofar()
    const during = (name: keyof typeof before) => after[name] - before[name]
    return { found: during('found'), scanned: during('scanned'), deleted: during('deleted') }
  })
  expect(work).toMatchObject({ scanned: 0, deleted: 30 })
  expect(work.found).toBeLessThan(500) // Those, and what earlier tests have left in the index.
})

test('old installation events are deleted, but the next one continues their numbers', async () => {
  const stack = await createStack()
  await stack.send(installed('first'), { at: 1 })
  await stack.prover.proveDue()
  const seen = async () => {
    await numberInstallationEvents(stack.db)
    const { events } = await listInstallationEvents(stack.ctx, 'all', { after: 0, limit: 9 })
    return events.map(({ seq, type }) => `${seq} ${type}`)
  }
  await seen()
  await stack.connection.sql`update installation_events set at = ${stack.clock.now().toISOString()}`
  await ageOutAccounts(stack.ctx)
  expect(await seen()).toEqual(['1 installed', '2 active'])

  stack.clock.advance(401 * 86_400_000)
  await ageOutAccounts(stack.ctx)
  expect(await seen()).toEqual(['2 active'])
  await stack.send(installed('second'))
  await stack.prover.proveDue()
  expect(await seen()).toEqual(['2 active', '3 installed', '4 active'])
})
