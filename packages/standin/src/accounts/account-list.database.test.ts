import { credentialStateSchema } from '@standin/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { account, prepareCallbackStacks } from '../../test/callback-stack.ts'
import { startDatabaseProxy } from '../../test/database-proxy.ts'
import { connectDatabase } from '../database/database.ts'
import { contracted, router } from '../http/trpc.ts'
import {
  countAccountsByState,
  countWaitingForDecision,
  listAccountsForOperator,
  listMayBe,
} from './account-list-store.ts'
import { readInstallation } from './describe-installation.ts'
import { installationProcedures } from './installation-procedures.ts'
import { findTrackunitTrouble } from './trackunit-trouble-store.ts'

const createStack = prepareCallbackStacks()

test('an account is listed in the state in which it is described, whatever its credentials are', async () => {
  const { ctx, db, connection } = await createStack()
  const { sql } = connection
  const hour = (at: number) => new Date(Date.UTC(2025, 0, 1, at)).toISOString()
  const hours = fc.option(fc.integer({ min: 0, max: 5 }))
  const cases = fc.record({
    states: fc.array(fc.constantFrom(...credentialStateSchema.options), { maxLength: 4 }),
    suspendedUpTo: hours,
    uninstalledAt: hours,
    pausedAt: hours,
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ states, suspendedUpTo, uninstalledAt, pausedAt }) => {
      // An account has at most one set of credentials in force.
      const inForce = states.findIndex((state) => state === 'active' || state === 'parked')
      const kept = states.filter(
        (state, no) => no <= inForce || inForce < 0 || (state !== 'active' && state !== 'parked'),
      )
      await sql`delete from credentials`
      await sql`delete from installations`
      const moments = [suspendedUpTo, uninstalledAt, pausedAt].map((at) => (at === null ? null : hour(at)))
      await sql`insert into installations (account_id, suspended_up_to, uninstalled_at, paused_at)
        values (${account}, ${moments[0] ?? null}, ${moments[1] ?? null}, ${moments[2] ?? null})`
      for (const [no, state] of kept.entries())
        await sql`insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound)
          values (${account}, ${no + 1}, 'app', ${`client-${no}`}, ${state}, ${hour(no)}, '', true)`

      const { described } = await readInstallation(ctx, account)
      const [listed] = await listAccountsForOperator(db, { limit: 10 })
      expect(listed).toMatchObject({
        state: described.state,
        generation: described.generation,
        reason: described.reason,
      })
      expect(listed?.since?.toISOString() ?? null).toBe(described.since)
      const { state } = described
      expect(await listAccountsForOperator(db, { state, limit: 10 })).toEqual([listed])
      expect(await listMayBe(db, { state, after: undefined, limit: 10 })).toEqual([account])
      expect(await countAccountsByState(db)).toEqual({ [described.state]: 1 })
      const waits = (state: string) => (kept.includes(state as (typeof kept)[number]) ? 1 : 0)
      expect(await countWaitingForDecision(db)).toEqual({
        approval: waits('awaiting-approval'),
        quarantined: waits('quarantined'),
      })
    }),
    { numRuns: 80 },
  )
})

test('a list continues after the last account, and is searched by account and by client', async () => {
  const { db, connection } = await createStack()
  const ids = Array.from({ length: 5 }, (_, no) => `${no}1111111-1111-4111-8111-111111111111`)
  for (const [no, id] of ids.entries()) {
    await connection.sql`insert into installations (account_id) values (${id})`
    await connection.sql`insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound)
      values (${id}, 1, 'app', ${`client-${no}%`}, ${no % 2 === 0 ? 'parked' : 'active'}, now(), '', true)`
  }
  const list = async (query: Partial<Parameters<typeof listAccountsForOperator>[1]>) =>
    (await listAccountsForOperator(db, { limit: 10, ...query })).map(({ accountId }) => ids.indexOf(accountId))

  expect(await list({ limit: 2 })).toEqual([0, 1])
  expect(await list({ after: ids[1] })).toEqual([2, 3, 4])
  expect(await list({ state: 'parked', after: ids[0] })).toEqual([2, 4])
  expect(await list({ search: '3111' })).toEqual([3])
  expect(await list({ search: 'client-4%' })).toEqual([4])
  expect(await list({ search: 'client-', state: 'active' })).toEqual([1, 3])
  expect(await list({ search: 'client', after: ids[1], limit: 2 })).toEqual([2, 3])
  await connection.sql`update installations set name_in_lower_case = 'ådals 3111%' where account_id = ${ids[0]!}`
  expect(await list({ search: '3111' })).toEqual([0, 3])
  expect(await list({ search: 'ÅDALS' })).toEqual([0])
  for (const text of ['%', '_', 'lient-4', '31111111x', '3111-', ids[3]!.replaceAll('-', '')])
    expect(await list({ search: text })).toEqual(text === '%' ? [0] : [])
  expect(await list({ search: ids[3]!.toUpperCase() })).toEqual([3])
  expect(await list({ search: 'nothing' })).toEqual([])
})

test('a page of the list shows each account as it is shown alone, with as many statements for fifty as for one', async () => {
  const { url, ctx, connection } = await createStack()
  await connection.sql`insert into installations (account_id, active_generation)
    select gen_random_uuid(), 2 from generate_series(1, 50)`
  await connection.sql`insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound)
    select account_id, generation, 'app', 'client', state, now(), '', true
    from installations, (values (1, 'superseded'), (2, 'active'), (3, 'pending')) as three (generation, state)`
  await connection.sql`insert into exchange_pauses (account_id, scope_key, generation, failure, in_a_row, failing_since, until)
    select account_id, '', generation, failure, 1, now(), now() + interval '1 hour' from (
      select account_id, row_number() over (order by account_id) as no from installations) as numbered
    join (values (1, 2, 'unavailable'), (2, 2, 'rate-limited'), (3, 1, 'unavailable')) as pauses (no, generation, failure) using (no)`
  await using proxy = await startDatabaseProxy(url)
  const counted = connectDatabase(proxy.url, { pool: 1 })
  const grants = [{ accountId: 'all', scopes: [], mac: '' }]
  const service = { kind: 'service', service: 'reports', keyId: 'key', mac: '', grants } as const
  const database = { ...ctx, db: counted.db }
  const api = router(installationProcedures(database, contracted(database))).createCaller({
    requestId: 'test',
    authenticate: async () => service,
  })
  const list = async (limit: number) => {
    const before = proxy.statements()
    const { installations } = await api.list({ limit })
    return { installations, statements: proxy.statements() - before }
  }
  await list(1) // The first use of a statement also prepares it.

  const [one, fifty] = [await list(1), await list(50)]
  await counted.close()

  expect(fifty.statements).toBe(one.statements)
  expect(fifty.installations).toHaveLength(50)
  expect(fifty.installations.filter(({ trackunit }) => trackunit.unavailableSince)).toEqual([fifty.installations[0]])
  expect(fifty.installations.filter(({ trackunit }) => trackunit.limitedUntil)).toEqual([fifty.installations[1]])
  for (const installation of fifty.installations.slice(0, 4)) {
    const { accountId } = installation
    const { described } = await readInstallation(ctx, accountId, await findTrackunitTrouble(ctx.db, accountId))
    expect(installation).toEqual({ ...described, mayApprove: false })
  }
})
