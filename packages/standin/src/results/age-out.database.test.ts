import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createRunStack, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { defineAction } from '../actions/define-action.ts'
import { ageOutReadings } from '../machines/reading-store.ts'
import { ageOutRuns } from '../runs/age-out-store.ts'
import { ageOutArtifacts } from './artifacts/artifact-store.ts'
import { ageOutResults } from './result-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const retention = { runDays: 180, resultDays: 90, artifactDays: 30, readingDays: 800 }

/** One round of all the loops that age out. @returns whether there may be more */
const ageOutOf = (stack: RunStack) => async () => {
  const ctx = { ...stack.ctx, config: { ...stack.ctx.config, retention } }
  const more: boolean[] = []
  for (const ageOut of [ageOutArtifacts, ageOutResults, ageOutReadings, ageOutRuns]) more.push(await ageOut(ctx))
  return more.some(Boolean)
}

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

/** Runs that ended some days ago, by the test's clock. */
async function endedBefore({ sql, clock, start, createWorker }: RunStack, days: readonly number[]): Promise<void> {
  const worker = createWorker()
  for (const each of days) {
    const { id } = await start()
    await worker.workOn(id)
    const at = new Date(clock.now().getTime() - each * 86_400_000).toISOString()
    await sql`update runs set created_at = ${at}, ended_at = ${at} where id = ${id}`
    await sql`update artifacts set created_at = ${at} where run_id = ${id}`
    await sql`update run_results set created_at = ${at} where run_id = ${id}`
    await sql`insert into machine_readings (account_id, machine_id, slot, at, read_with) values (${account}, 'm', ${each}, ${at}, '{}')`
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

test('everything is deleted when it reaches its own age limit, and nothing else', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await endedBefore(stack, [1, 29, 31, 89, 91, 179, 181, 799, 801])
  const ageOut = ageOutOf(stack)

  while (await ageOut());

  expect(await left(stack)).toEqual({
    runs: [1, 29, 31, 89, 91, 179],
    events: [1, 29, 31, 89, 91, 179],
    results: [1, 29, 31, 89],
    files: [1, 29],
    readings: [1, 29, 31, 89, 91, 179, 181, 799],
  })
})

test('runs that have not ended stay, however old', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  const { id } = await stack.start()
  await stack.sql`update runs set created_at = '2001-01-01'`
  await stack.sql`insert into artifacts (run_id, account_id, name, media_type, created_at) values (${id}, ${account}, 'x', 'y', '2001-01-01')`
  const ageOut = ageOutOf(stack)
  expect(await ageOut()).toBe(false)
  expect(await stack.sql`select * from artifacts`).toHaveLength(1)
})

test('rows that another replica is deleting are skipped', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await endedBefore(stack, [200, 201])
  const [locked] = await stack.sql`select id from runs order by ended_at limit 1`
  const ageOut = ageOutOf(stack)

  await stack.sql.begin(async (elsewhere) => {
    await elsewhere`select 1 from run_events where run_id = ${locked?.id} for update`
    while (await ageOut());
    expect(await stack.sql`select id from runs`).toEqual([locked])
  })

  while (await ageOut());
  expect(await stack.sql`select id from runs`).toEqual([])
})

test('a run with very many events is deleted in parts, by several replicas at once', async () => {
  await using stack = await createRunStack({ database, actions: [report] })
  await endedBefore(stack, [200])
  await stack.sql`insert into run_events (account_id, run_id, seq, body) select account_id, id, nth, '{}' from runs, generate_series(1000, 26000) nth`
  const replica = async () => {
    const ageOut = ageOutOf(stack)
    let rounds = 0
    while (await ageOut()) rounds++
    return rounds
  }
  const rounds = await Promise.all([replica(), replica()])
  expect(Math.max(...rounds)).toBeGreaterThan(1)
  expect(await left(stack)).toMatchObject({ runs: [], events: [] })
})
