import { setTimeout as pause } from 'node:timers/promises'
import { and, asc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { defineAction, type RunContext } from '../src/actions/define-action.ts'
import { systemClock } from '../src/clock.ts'
import { inTransaction } from '../src/context.ts'
import type { Database } from '../src/database/database.ts'
import { acceptRun } from '../src/runs/accept-run.ts'
import { runEvents, runs } from '../src/runs/run-table.ts'
import { pages } from '../src/trackunit/pages.ts'
import type { BudgetState } from '../src/trackunit/rate-budget.ts'
import { rateBudgets } from '../src/trackunit/rate-budget-table.ts'
import { installAccount } from './run-stack.ts'
import type { StrictTrackunit } from './strict-trackunit.ts'
import { openTestReplica } from './test-replica.ts'
import { startWorking, withRuns } from './with-runs.ts'

type Work = (context: RunContext<Record<string, unknown>>) => Promise<void>
interface Fleet {
  assets: {
    edges: Array<{ node: { id: string } | null }>
    pageInfo: { endCursor: string | null; hasNextPage: boolean }
  }
}

const fleetDocument = `query Fleet($after: String) {
  assets(first: 50, after: $after) { edges { node { id name sites(first: 1) { edges { node { name } } } } } pageInfo { endCursor hasNextPage } }
}`
const aDay = { fromTime: '2026-01-01T00:00:00Z', toTime: '2026-01-02T00:00:00Z' }

/** Reads something twice, and keeps a checkpoint between. */
const twice =
  (read: (context: RunContext<Record<string, unknown>>, nth: number) => Promise<unknown>): Work =>
  async (context) => {
    for (let nth = Number(context.resumedFrom ?? 0); nth < 2; nth++) {
      await read(context, nth)
      await context.checkpoint(nth + 1)
    }
  }

const eventLog = '/public/api/eventlog/v3/asset-event/log'

/** One for each way in which Trackunit limits requests. */
const works: Record<string, Work> = {
  async fleet({ trackunit, resumedFrom, checkpoint }) {
    const from = typeof resumedFrom === 'string' ? resumedFrom : null
    const read = async (after: string | null) => (await trackunit.graphql<Fleet>(fleetDocument, { after })).data.assets
    for await (const { endCursor } of pages(read, from)) await checkpoint(endCursor)
  },
  snapshot: twice(({ trackunit }, nth) => trackunit.get(`/public/api/aemp/v2/15143/-3/Fleet/${nth + 1}`)),
  events: twice(({ trackunit }) => trackunit.post(eventLog, aDay)),
  assets: twice(({ trackunit }, nth) => trackunit.get('/api/asset/v2/assets', { page: nth, size: 50 })),
}

const actions = Object.entries(works).map(([id, run]) =>
  defineAction({
    id,
    title: id,
    description: id,
    input: z.object({}),
    scopes: ['asset.view'],
    changesData: false,
    readingPosts: [eventLog],
    mayOverlap: true,
    run,
  }),
)

interface Given {
  url: string
  trackunit: StrictTrackunit
  replicas: number
  runsOfEach: number
  accounts: number
  perSecond?: number
  say?: (line: string) => void
}

/**
 * Whole runs on several replicas that share only the database, against a Trackunit that counts requests beyond its limits.
 * When all runs wait, every clock jumps to the moment at which the first of them may continue.
 */
export async function runReplicasOnTrackunit(given: Given) {
  const { url, trackunit, replicas, runsOfEach, accounts, perSecond = 50, say = () => {} } = given
  const accountIds = Array.from(
    { length: accounts },
    (_, nth) => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`,
  )
  const environment = { ...trackunit.environment, TRACKUNIT_MAX_REQUESTS_PER_S: String(perSecond) }
  const app = { scopes: [{ scope: 'asset.view', optional: false }] }
  await using started = new AsyncDisposableStack()
  const [first] = await Promise.all(
    Array.from({ length: replicas }, async () => {
      const replica = started.use(openTestReplica({ url }, { environment, app, fetch, clock: systemClock, pool: 5 }))
      const ctx = withRuns(replica.ctx, actions)
      started.use(await startWorking(ctx))
      return ctx
    }),
  )
  if (!first) throw new Error('there is no replica')
  const { db } = first
  for (const [nth, accountId] of accountIds.entries()) {
    const clientId = `0oaReplicas${String(nth).padStart(9, '0')}`
    await trackunit.install(accountId, clientId)
    await installAccount(first, accountId, { ...trackunit.installed, clientId })
  }

  for (let nth = 0; nth < replicas * runsOfEach; nth++) {
    const action = actions[nth % actions.length]
    const accountId = accountIds[Math.floor(nth / actions.length) % accounts]
    if (!action || !accountId) throw new Error('there is nothing to do')
    await inTransaction(first, (tx) =>
      acceptRun(tx, {
        action,
        accountId,
        mode: 'apply',
        input: {},
        idempotencyKey: `whole-run-${nth}`,
        readsWith: action.scopes,
        startedBy: { kind: 'service', id: 'test', name: null },
        actor: { kind: 'service', id: 'test' },
        ...(nth % 3 === 0 && { scheduleId: crypto.randomUUID() }), // Nobody waits for these.
      }),
    )
  }

  let passedMs = 0
  for (;;) {
    const next = await untilAllWait(db)
    if (next === undefined) break
    await moveTime(db, next)
    passedMs += next
    await trackunit.setTime(new Date(Date.now() + passedMs))
    say(`${Math.round(passedMs / 60_000)} minutes have passed`)
  }
  return {
    passedMs,
    runs: await db.select().from(runs).orderBy(asc(runs.createdAt)),
    waits: (await db.select().from(runEvents)).flatMap(({ body }) =>
      body.type === 'state' && body.state === 'waiting' ? [body] : [],
    ),
  }
}

/** @returns how long the first of the runs still waits, or undefined when all have ended */
async function untilAllWait(db: Database): Promise<number | undefined> {
  const endsAtMs = performance.now() + 60_000
  while (performance.now() < endsAtMs) {
    const [now] = await db.execute<{ open: number; busy: number; ms: number | null }>(sql`
      select count(*)::int as open,
        count(*) filter (where state in ('running', 'cancelling') or (state = 'queued' and promoted_at is not null)
          or waiting_until <= now() + interval '100 milliseconds')::int as busy,
        (extract(epoch from min(waiting_until) - now()) * 1000)::float8 as ms
      from ${runs} where ended_at is null`)
    if (now?.open === 0) return undefined
    if (now?.busy === 0 && now.ms !== null) return now.ms
    await pause(20)
  }
  throw new Error('runs neither end nor wait')
}

/** Brings everything that is scheduled in the database forward by this much. */
async function moveTime(db: Database, ms: number): Promise<void> {
  const sooner = sql`make_interval(secs => ${ms / 1_000})`
  const moved = (atMs: number | undefined) => atMs && atMs - ms
  await db.transaction(async (tx) => {
    for (const { accountId, key, state } of await tx.select().from(rateBudgets).for('update')) {
      const next: BudgetState = JSON.parse(
        JSON.stringify({
          ...state,
          takenAtMs: state.takenAtMs?.map((at) => at - ms),
          blockedUntilMs: moved(state.blockedUntilMs),
          resetAtMs: moved(state.resetAtMs),
          probedUntilMs: moved(state.probedUntilMs),
          nextTurnAtMs: moved(state.nextTurnAtMs),
        }),
      )
      await tx
        .update(rateBudgets)
        .set({ state: next })
        .where(and(eq(rateBudgets.accountId, accountId), eq(rateBudgets.key, key)))
    }
    await tx.execute(sql`update shared_turns set next_at_ms = next_at_ms - ${ms}`)
    await tx.execute(sql`update ${runs} set waiting_until = waiting_until - ${sooner} where waiting_until is not null`)
    await tx.execute(sql`select pg_notify('run_due', '')`)
  })
}
