import type { RunState } from '@standin/contracts'
import type { Database, Transaction } from '../database/database.ts'
import { holdsRun, type RunLease } from './run-lease-store.ts'
import { RunStopped } from './run-stopped.ts'

/**
 * Writes in a transaction during which no other worker can take the run.
 * @throws RunStopped if the worker no longer holds the run in one of these states, or its account was uninstalled
 */
export function whileHeld<Result>(
  db: Database,
  held: RunLease & { states: RunState[] },
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return db.transaction(async (tx) => {
    if (!(await holdsRun(tx, held))) throw new RunStopped()
    return work(tx)
  })
}
