import { procedures, type Run, type RunEvent } from '@standin/contracts'
import { tracked } from '@trpc/server'
import { ownScopes } from '../access/authorize.ts'
import { actorOf, type Caller } from '../access/caller.ts'
import type { Contracted } from '../http/trpc.ts'
import { machineOfRow } from '../machines/machine-of-row.ts'
import { listSeen } from '../machines/machine-store.ts'
import { artifactsOfRuns } from '../results/artifacts/artifact-store.ts'
import { keptUntil } from '../results/kept-until.ts'
import { readResult } from '../results/read-result.ts'
import { checkMayRead } from '../results/read-right.ts'
import { cancelRun } from '../runs/cancel-run.ts'
import { decodeCursor, encodeCursor } from '../runs/run-cursor.ts'
import { streamRunEvents } from '../runs/run-events.ts'
import { lastRunsOf, listRuns } from '../runs/run-list-store.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import type { RunKey } from '../runs/run-table.ts'
import { StandinError } from '../standin-error.ts'
import type { ActionsContext } from './actions-context.ts'
import { endOfReading } from './end-of-reading.ts'
import { checkMayReadAny } from './readable-actions.ts'
import { retryRun, startRun } from './start-run.ts'
import { toRun } from './to-run.ts'

export function runProcedures(ctx: ActionsContext, contracted: Contracted) {
  const { start, retry, get, list, latest, cancel, events, result, machines } = procedures.run
  return {
    start: contracted
      .call(start)
      .mutation(async ({ ctx: { caller }, input }) => wholeRun(ctx, await startRun(ctx, caller, input))),
    retry: contracted
      .call(retry)
      .mutation(async ({ ctx: { caller, accountId }, input: { runId, idempotencyKey } }) =>
        wholeRun(ctx, await retryRun(ctx, caller, { run: { id: runId, accountId }, idempotencyKey })),
      ),
    get: contracted
      .call(get)
      .query(async ({ ctx: { caller, accountId }, input: { runId } }) =>
        wholeRun(ctx, await readableRun(ctx, caller, { id: runId, accountId })),
      ),
    list: contracted.call(list).query(async ({ ctx: { accountId, caller }, input: { cursor, limit, ...wanted } }) => {
      const { actionId } = wanted
      checkMayReadAny(ctx, caller, { accountId, actionId })
      const before = cursor === undefined ? undefined : decodeCursor(cursor)
      const rows = await listRuns(ctx.db, {
        ...wanted,
        accountId,
        own: ownScopes(caller, accountId),
        before,
        limit: limit + 1,
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return { runs: await wholeRuns(ctx, page), nextCursor: rows.length > limit && last ? encodeCursor(last) : null }
    }),
    latest: contracted.call(latest).query(async ({ ctx: { accountId, caller } }) => {
      const actionIds = ctx.actions.list().map(({ id }) => id)
      const rows = await lastRunsOf(ctx.db, accountId, actionIds, ownScopes(caller, accountId))
      return { runs: await wholeRuns(ctx, rows) }
    }),
    cancel: contracted.call(cancel).mutation(async ({ ctx: { caller, accountId }, input: { runId } }) => {
      const run = { id: runId, accountId }
      await readableRun(ctx, caller, run) // To stop a run, a caller needs the scopes that it works with.
      return wholeRun(ctx, await cancelRun(ctx, { run, actor: actorOf(caller) }))
    }),
    result: contracted
      .call(result)
      .query(({ ctx: { caller, accountId }, input }) => readResult(ctx, caller, { ...input, accountId })),
    machines: contracted.call(machines).query(async ({ ctx: { caller, accountId }, input }) => {
      const { runId, filter, cursor, limit } = input
      await readableRun(ctx, caller, { id: runId, accountId })
      const offset = cursor === undefined ? 0 : offsetIn(cursor)
      const found = await listSeen(ctx.db, {
        accountId,
        runId,
        own: ownScopes(caller, accountId),
        filter,
        offset,
        limit: limit + 1,
      })
      return {
        machines: found.slice(0, limit).map(machineOfRow),
        nextCursor: found.length > limit ? String(offset + limit) : null,
      }
    }),
    events: contracted.stream(events).subscription(async function* ({ ctx: { caller, accountId }, input, signal }) {
      const run = { id: input.runId, accountId }
      const ends = endOfReading(ctx, caller, { run: await readableRun(ctx, caller, run), signal })
      const afterSeq = Number(input.lastEventId ?? 0)
      for await (const event of streamRunEvents(ctx, run, { afterSeq, signal: ends })) {
        const sent: RunEvent =
          event.type === 'artifact' ? { ...event, artifact: keptUntil(ctx, new Date(event.at))(event.artifact) } : event
        yield tracked(String(event.seq), sent)
      }
      // An error instead of an end: the browser reconnects with its next token and continues after the last event.
      if (ends.aborted) throw new DOMException('the caller may no longer read', 'AbortError')
    }),
  }
}

/** @throws StandinError `INPUT_INVALID` */
function offsetIn(cursor: string): number {
  if (!/^\d{1,8}$/.test(cursor)) throw new StandinError('INPUT_INVALID', { detail: 'This is no cursor of a page.' })
  return Number(cursor)
}

/** @throws StandinError `RUN_NOT_FOUND`; `SCOPE_FORBIDDEN` for a caller who lacks a scope that the run reads with */
async function readableRun(ctx: ActionsContext, caller: Caller, key: RunKey): Promise<RunRow> {
  const run = await findRun(ctx.db, key)
  if (!run) throw new StandinError('RUN_NOT_FOUND')
  checkMayRead(caller, run)
  return run
}

/** Runs of one account as the contract has them, with their files and deliveries. Files are offered once the run has ended. */
async function wholeRuns(ctx: ActionsContext, rows: readonly RunRow[]): Promise<Run[]> {
  const [first] = rows
  if (!first) return []
  const ended = rows.filter(({ endedAt }) => endedAt).map(({ id }) => id)
  const [files, deliveries] = await Promise.all([
    artifactsOfRuns(ctx.db, first.accountId, ended),
    ctx.actions.deliveriesOf(ctx, rows),
  ])
  return rows.map((row) => ({
    ...toRun(row),
    artifacts: (row.endedAt && files.get(row.id)?.map(keptUntil(ctx, row.endedAt))) ?? [],
    deliveries: deliveries.get(row.id) ?? [],
  }))
}

/** @throws StandinError `RUN_NOT_FOUND` */
async function wholeRun(ctx: ActionsContext, row: RunRow | undefined): Promise<Run> {
  const [run] = row ? await wholeRuns(ctx, [row]) : []
  if (!run) throw new StandinError('RUN_NOT_FOUND')
  return run
}
