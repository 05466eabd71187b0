import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, createRunStack, otherAccount, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { ageOutRuns } from './age-out-store.ts'
import { listEvents } from './run-event-store.ts'
import { listRuns } from './run-list-store.ts'
import type { RunKey } from './run-table.ts'

const runsOfAccount = 9_000
const eventsOfRun = 100
const eventsOfLongRun = 100_000

const database = await createTestDatabase()
let stack: RunStack
let longRun = ''

/** A million events: nine thousand runs of an account with a hundred each, and one long run of another. */
beforeAll(async () => {
  stack = await createRunStack({ database, actions: [], startsAt: new Date() })
  const { sql } = stack
  const insertRuns = (accountId: string, count: number) => sql`
    insert into runs (account_id, action_id, mode, input, idempotency_key, started_by, reads_with, may_overlap, state, progress, steps, last_seq, created_at, ended_at)
    select ${accountId}, 'report', 'apply', '{}', 'key ' || nth, '{"kind":"user","id":"anna","name":null}', '{}', true, 'succeeded',
      '{"done":1,"total":1,"message":"","secondsLeft":null}', '[]', ${eventsOfRun}, at, at
    from generate_series(1, ${count}) nth, lateral (select now() - nth * interval '30 minutes' as at) moments returning id`
  await insertRuns(account, runsOfAccount)
  const [long] = await insertRuns(otherAccount, 1)
  longRun = long?.id
  const body =
    '{"type":"progress","progress":{"done":1,"total":9,"message":"machines listed","secondsLeft":3},"steps":[]}'
  await sql`insert into run_events (account_id, run_id, seq, body)
    select account_id, id, seq, ${body}::jsonb from runs, generate_series(1, ${eventsOfRun}) seq where account_id = ${account}`
  await sql`insert into run_events (account_id, run_id, seq, body)
    select ${otherAccount}::uuid, ${longRun}, seq, ${body}::jsonb from generate_series(1, ${eventsOfLongRun}) seq`
  await sql`vacuum analyze runs, run_events`
}, 600_000)
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]()
  await database.drop()
})

/** The time of thirty calls, without the slowest. */
async function slowestMs(work: (nth: number) => Promise<unknown>): Promise<number> {
  const took: number[] = []
  for (let nth = 0; nth < 30; nth++) {
    const beganAtMs = performance.now()
    await work(nth)
    took.push(performance.now() - beganAtMs)
  }
  return took.toSorted((a, b) => a - b)[28] ?? Number.POSITIVE_INFINITY
}

test('with a million events, lists and streams are as fast as with few', async () => {
  const {
    sql,
    ctx: { db },
  } = stack
  const [{ events } = {}] = await sql`select count(*)::int as events from run_events`
  expect(events).toBe(runsOfAccount * eventsOfRun + eventsOfLongRun)

  const figures = {
    newest: await slowestMs(() => listRuns(db, { accountId: account, limit: 101 })),
    far: await slowestMs((nth) => {
      const createdAt = new Date(Date.now() - (2_000 + nth) * 1_800_000)
      return listRuns(db, { accountId: account, limit: 101, before: { createdAt, id: account } })
    }),
    failed: await slowestMs(() => listRuns(db, { accountId: account, states: ['failed'], limit: 21 })),
    eventsOfRun: await slowestMs(async (nth) => {
      const [run] = await listRuns(db, { accountId: account, limit: 1 })
      await listEvents(db, run as RunKey, { after: nth, limit: 500 })
    }),
    lateInLongRun: await slowestMs((nth) =>
      listEvents(db, { id: longRun, accountId: otherAccount }, { after: 99_000 + nth, limit: 500 }),
    ),
  }
  process.stderr.write(`ms, slowest of 29: ${JSON.stringify(figures)}\n`)
  for (const [name, ms] of Object.entries(figures)) expect(ms, name).toBeLessThan(100)
})

test('old events are deleted in batches, none of which takes long', async () => {
  const { config } = stack.ctx
  const ctx = { ...stack.ctx, config: { ...config, retention: { ...config.retention, runDays: 60 } } }
  let longestMs = 0
  let isMore = true
  while (isMore) {
    const beganAtMs = performance.now()
    isMore = await ageOutRuns(ctx)
    longestMs = Math.max(longestMs, performance.now() - beganAtMs)
  }
  process.stderr.write(`ms, the longest part: ${Math.round(longestMs)}\n`)
  expect(longestMs).toBeLessThan(2_000)
  const [{ left } = {}] = await stack.sql`select count(*)::int as left from runs where account_id = ${account}`
  expect(left).toBeGreaterThan(2_800)
  expect(left).toBeLessThan(2_900)
})
