import { freeRun, type HeldRun, listHeldAndOrphaned } from './run-lease-store.ts'
import { announceDue } from './run-promotion-store.ts'
import { lost } from './run-stopped.ts'
import type { RunsContext } from './runs-context.ts'

/**
 * Frees the runs of workers that died or froze, and interrupts runs of this process that another worker now holds. Every
 * replica does this several times a second, so that the runs of a killed worker continue within a second.
 * @returns false: there is never more to do at once
 */
export async function reapRuns(ctx: RunsContext): Promise<boolean> {
  const replicaId = ctx.listener.replica.id()
  const { runs } = ctx
  if (replicaId === undefined || !(runs.areHeld || runs.working.size > 0)) return false
  // Not during a claim: the rows would have runs of this process that it does not know yet.
  const orphaned = await runs.oneAtATime(() => compareWithRows(ctx, replicaId))
  for (const run of orphaned) await freeRun(ctx.db, run)
  if (orphaned.length > 0) announceDue(ctx.notices)
  return false
}

/** Notes whether any replica may hold a run. While none does, the database is not asked. */
export function noteHeldRuns({ runs }: RunsContext, areHeld: boolean): void {
  runs.areHeld = areHeld
}

async function compareWithRows(ctx: RunsContext, replicaId: number): Promise<HeldRun[]> {
  const before = epochsOf(ctx)
  const rows = await listHeldAndOrphaned(ctx.db, replicaId)
  const after = epochsOf(ctx)
  for (const runId of compareHeld(rows, { replicaId, working: after }).lost) loseRun(ctx, runId)
  // A run that ended during the query may still be among the rows.
  return compareHeld(rows, { replicaId, working: new Map([...before, ...after]) }).orphaned
}

/** Interrupts a run of this process that another worker may hold. */
function loseRun({ runs }: RunsContext, runId: string): void {
  for (const work of runs.working) if (work.runId === runId) work.abort.abort(lost)
}

/** Interrupts all runs of this process. Called when the replica's session is lost: others consider it dead. */
export function loseAllRuns({ runs, log }: RunsContext): void {
  const runIds = [...runs.working].map(({ runId }) => runId)
  if (runIds.length > 0)
    log.warn({ runs: runIds }, 'lost the session that shows that this process lives: its runs are claimed again')
  for (const { abort } of runs.working) abort.abort(lost)
}

const epochsOf = ({ runs }: RunsContext) => new Map([...runs.working].map(({ runId, epoch }) => [runId, epoch]))

/** What a process holds according to the rows, compared with what it works on. */
export function compareHeld(
  rows: readonly HeldRun[],
  { replicaId, working }: { replicaId: number; working: ReadonlyMap<string, number> },
): { orphaned: HeldRun[]; lost: string[] } {
  return {
    // Of a replica that died, or its own whose end it could not write.
    orphaned: rows.filter((row) => row.replicaId !== replicaId || !working.has(row.id)),
    // Another worker now holds it, or none does.
    lost: [...working]
      .filter(([id, epoch]) => !rows.some((row) => row.id === id && row.epoch === epoch))
      .map(([id]) => id),
  }
}
