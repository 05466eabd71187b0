import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { defineAction } from '../actions/define-action.ts'
import { createAgeOut } from './age-out.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const policy = { runDays: 180, resultDays: 90, artifactDays: 30, readingDays: 800 }

const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'A report.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  mayOverlap: true,
  async run({ artifact, result, log }) {
    await result.columns([{ key: 'text', title: 'Text', kind: 'text' }])
    await result.rows([{ id: 'row', cells: {} }])
    await (await artifact({ name: 'report.csv', mediaType: 'text/csv' })).write('x')
    await log('done')
  },
})

/** Runs that ended so many days ago, by the test's clock. */
async function endedBefore({ sql, clock, start, createWorker }: RunStack, days: readonly number[]): Promise<void> {
  const worker = createWorker()
  for (const each of days) {
    const { id } = await start()
    await worker.workOn(id)
    const at = new Date(clock.now().getTime() - each * 86_400_000).toISOString()
    await sql`update runs set created_at = ${at}, ended_at = ${at} where id = ${id}`
    await sql`update artifacts set created_at = ${at} where run_id = ${id}`
    await sql`insert into machine_readings (account_id, machine_id, slot, at) values (${account}, 'm', ${each}, ${at})`
  }
}

async function left({ sql, clock }: RunStack): Promise<Record<string, number[]>> {
  const now = clock.now().toISOString()
  const age = (at: string) =>
    sql.unsafe(`round(extract(epoch from '${now}'::timestamptz - ${at}) / 86400)::int as days`)
  const ages = async (from: string, at: string) =>
    (await sql`select ${age(at)} from ${sql.unsafe(from)} order by 1`).map(({ days }) => days)
  return {
    runs: await ages('runs', 'ended_at'),
    events: await ages('(select distinct run_id from run_events) e join runs on id = run_id', 'ended_at'),
    results: await ages('run_results join runs on id = run_id', 'ended_at'),
    files: await ages('artifacts', 'created_at'),
    readings: await ages('machine_readings', 'at'),
  }
}

test('what is older than it is to be goes, each at its own age, and nothing else', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await endedBefore(stack, [1, 29, 31, 89, 91, 179, 181, 799, 801])
  const ageOut = createAgeOut({ db: stack.db, clock: stack.clock, policy })

  while (await ageOut());

  expect(await left(stack)).toEqual({
    runs: [1, 29, 31, 89, 91, 179],
    events: [1, 29, 31, 89, 91, 179],
    results: [1, 29, 31, 89],
    files: [1, 29],
    readings: [1, 29, 31, 89, 91, 179, 181, 799],
  })
})

test('what has not ended stays, however old', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  const { id } = await stack.start()
  await stack.sql`update runs set created_at = '2001-01-01'`
  await stack.sql`insert into artifacts (run_id, account_id, name, media_type, created_at) values (${id}, ${account}, 'x', 'y', '2001-01-01')`
  const ageOut = createAgeOut({ db: stack.db, clock: stack.clock, policy })
  expect(await ageOut()).toBe(false)
  expect(await stack.sql`select * from artifacts`).toHaveLength(1)
})

test('what another replica is deleting just then is not waited for', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await endedBefore(stack, [200, 201])
  const [locked] = await stack.sql`select id from runs order by ended_at limit 1`
  const ageOut = createAgeOut({ db: stack.db, clock: stack.clock, policy })

  await stack.sql.begin(async (elsewhere) => {
    await elsewhere`select 1 from run_events where run_id = ${locked?.id} for update`
    while (await ageOut());
    expect(await stack.sql`select id from runs`).toEqual([locked])
  })

  while (await ageOut());
  expect(await stack.sql`select id from runs`).toEqual([])
})

test('a run of very many events goes in parts, several replicas at once', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await endedBefore(stack, [200])
  await stack.sql`insert into run_events (run_id, seq, body) select id, nth, '{}' from runs, generate_series(1000, 26000) nth`
  const replica = async () => {
    const ageOut = createAgeOut({ db: stack.db, clock: stack.clock, policy })
    let rounds = 0
    while (await ageOut()) rounds++
    return rounds
  }
  const rounds = await Promise.all([replica(), replica()])
  expect(Math.max(...rounds)).toBeGreaterThan(1)
  expect(await left(stack)).toMatchObject({ runs: [], events: [] })
})
