import type { InTransaction } from '../context.ts'
import { moveRun } from './move-run.ts'
import { listOpenRuns, skipEventNumbers } from './restored-run-store.ts'

/**
 * Ends every run that a restored database takes for open: what it did after the backup is not known, so it may not go on.
 * @returns how many
 */
export async function endRestoredRuns(tx: InTransaction): Promise<number> {
  await skipEventNumbers(tx.db)
  const open = await listOpenRuns(tx.db)
  for (const run of open) await moveRun(tx, run, 'restore', { reason: 'RESTORED' })
  return open.length
}
