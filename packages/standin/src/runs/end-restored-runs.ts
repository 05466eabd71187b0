import type { InTransaction } from '../context.ts'
import { moveRun } from './move-run.ts'
import { listOpenRuns, skipEventNumbers } from './restored-run-store.ts'

/**
 * Ends every run that is open in a restored database: what it did after the backup is unknown, so it must not continue.
 * @returns how many
 */
export async function endRestoredRuns(tx: InTransaction): Promise<number> {
  await skipEventNumbers(tx.db)
  const open = await listOpenRuns(tx.db)
  for (const run of open) await moveRun(tx, run, 'restore', { reason: 'RESTORED' })
  return open.length
}
