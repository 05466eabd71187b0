import { type Delivery, procedures, type Run, type RunEvent } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { actorOf } from '../access/caller.ts'
import { endOfRight } from '../access/end-of-right.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Contracted } from '../http/trpc.ts'
import { artifactsOfRuns } from '../results/artifacts/artifact-store.ts'
import type { KeptUntil } from '../retention/kept-until.ts'
import { StandinError } from '../standin-error.ts'
import { cancelRun } from './cancel-run.ts'
import type { CheckMayRead } from './read-right.ts'
import { decodeCursor, encodeCursor } from './run-cursor.ts'
import type { RunEvents } from './run-events.ts'
import { listRuns } from './run-list-store.ts'
import type { RunQueue } from './run-queue.ts'
import { findRun, type RunRow } from './run-store.ts'
import type { StoredRunEvent } from './run-table.ts'
import type { StartRun } from './start-run.ts'
import { toRun } from './to-run.ts'

interface Dependencies {
  contracted: Contracted
  db: Database
  queue: RunQueue
  events: RunEvents
  startRun: StartRun
  /** Whoever lacks a scope of the action may not stop what works with it. @throws StandinError `SCOPE_FORBIDDEN` */
  checkMayCancel: CheckMayRead
  clock: Clock
  /** Where the results of some runs went and will go, by run. */
  deliveriesOf: (rows: readonly RunRow[]) => Promise<ReadonlyMap<string, Delivery[]>>
  keptUntil: KeptUntil
}

export function createRunProcedures(dependencies: Dependencies) {
  const { contracted, db, queue, events, startRun, checkMayCancel, clock, deliveriesOf, keptUntil } = dependencies

  async function whole(rows: readonly RunRow[]): Promise<Run[]> {
    // A file is offered in the moment in which its run ends.
    const ended = rows.filter(({ endedAt }) => endedAt).map(({ id }) => id)
    const [files, deliveries] = await Promise.all([artifactsOfRuns(db, ended), deliveriesOf(rows)])
    return rows.map((row) => ({
      ...toRun(row),
      artifacts: (row.endedAt && files.get(row.id)?.map(keptUntil(row.endedAt))) ?? [],
      deliveries: deliveries.get(row.id) ?? [],
    }))
  }
  const toRunEvent = (event: StoredRunEvent): RunEvent =>
    event.type === 'artifact' ? { ...event, artifact: keptUntil(new Date(event.at))(event.artifact) } : event
  async function one(row: RunRow | undefined): Promise<Run> {
    const [run] = row ? await whole([row]) : []
    if (!run) throw new StandinError('RUN_NOT_FOUND')
    return run
  }

  return {
    start: contracted
      .call(procedures.run.start)
      .mutation(async ({ ctx, input }) => one(await startRun.start(ctx.caller, input))),
    retry: contracted
      .call(procedures.run.retry)
      .mutation(async ({ ctx, input }) => one(await startRun.retry(ctx.caller, input))),
    get: contracted.call(procedures.run.get).query(async ({ input }) => one(await findRun(db, input.runId))),
    list: contracted
      .call(procedures.run.list)
      .query(async ({ ctx: { accountId }, input: { actionId, scheduleId, states, cursor, limit } }) => {
        const before = cursor === undefined ? undefined : decodeCursor(cursor)
        const rows = await listRuns(db, { accountId, actionId, scheduleId, states, before, limit: limit + 1 })
        const page = rows.slice(0, limit)
        const last = page.at(-1)
        return { runs: await whole(page), nextCursor: rows.length > limit && last ? encodeCursor(last) : null }
      }),
    cancel: contracted.call(procedures.run.cancel).mutation(async ({ ctx: { caller }, input: { runId } }) => {
      const run = await findRun(db, runId)
      if (!run) throw new StandinError('RUN_NOT_FOUND')
      checkMayCancel(caller, run)
      return one(await cancelRun(db, queue, { runId, actor: actorOf(caller) }))
    }),
    events: contracted.stream(procedures.run.events).subscription(async function* ({ ctx: { caller }, input, signal }) {
      const ends = endOfRight(caller, { clock, signal })
      const afterSeq = Number(input.lastEventId ?? 0)
      for await (const event of events.stream(input.runId, { afterSeq, signal: ends }))
        yield tracked(String(event.seq), toRunEvent(event))
      // Cut, not ended: the browser comes back with the token that it has by then, and goes on after the last event.
      if (ends.aborted) throw new DOMException('the caller may no longer read', 'AbortError')
    }),
  }
}
