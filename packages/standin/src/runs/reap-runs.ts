import type { Database } from '../database/database.ts'
import { aliveReplicas } from '../database/replica-store.ts'
import { type HeldRun, listHeldAndOrphaned, listUntaken, releaseRun } from './run-lease-store.ts'
import type { RunQueue } from './run-queue.ts'
import type { WorkRun } from './work-run.ts'

interface Dependencies {
  db: Database
  queue: RunQueue
  replicaId: () => number | undefined
  worker: Pick<WorkRun, 'working' | 'lose'>
}

/** What the rows say that this process has, against what it works on. */
export function compareHeld(
  rows: readonly HeldRun[],
  { replicaId, working }: { replicaId: number; working: ReadonlyMap<string, number | undefined> },
): { orphaned: HeldRun[]; lost: string[] } {
  return {
    // Of a replica that died, or its own, whose end it could not write.
    orphaned: rows.filter((row) => row.replicaId !== replicaId || !working.has(row.id)),
    // Another worker has it by now, or nobody.
    lost: [...working]
      .filter(([id, epoch]) => epoch !== undefined && !rows.some((row) => row.id === id && row.epoch === epoch))
      .map(([id]) => id),
  }
}

/**
 * Gives the runs of workers that died to others, and stops its own that are somebody else's. Each replica does it, four
 * times a second, so that a killed worker's run goes on within a second.
 * @returns a look at the rows for a background loop: there is never more to do at once
 */
export function createReapRuns({ db, queue, replicaId, worker }: Dependencies) {
  let seen: ReadonlySet<number> | undefined

  /**
   * A replica that died may have fetched jobs whose runs it had not taken: the rows do not tell whose they are, and the
   * queue would notice in ten seconds. Of a worker that lives, a second job changes nothing.
   */
  async function sendAgainAfterDeath(): Promise<void> {
    const alive = await aliveReplicas(db)
    const isAnyMissing = seen === undefined || [...seen].some((id) => !alive.has(id))
    if (isAnyMissing) {
      for (const { id, urgency } of await listUntaken(db, await queue.fetched()))
        await db.transaction((tx) => queue.send(tx, id, { urgency }))
    }
    seen = alive // Only now: what failed is tried again at the next look.
  }

  return async (): Promise<boolean> => {
    const own = replicaId()
    if (own === undefined) return false
    await sendAgainAfterDeath()
    const before = worker.working()
    const rows = await listHeldAndOrphaned(db, own)
    const after = worker.working()
    // One that began or ended meanwhile may be in the rows or not: the next look tells.
    const { orphaned } = compareHeld(rows, { replicaId: own, working: new Map([...before, ...after]) })
    const settled = new Map([...before].filter(([id, epoch]) => after.get(id) === epoch))
    for (const id of compareHeld(rows, { replicaId: own, working: settled }).lost) worker.lose(id)
    for (const run of orphaned) {
      await db.transaction(async (tx) => {
        if (await releaseRun(tx, run)) await queue.send(tx, run.id, { urgency: run.urgency })
      })
    }
    return false
  }
}
