import type { ReplicaContext } from './context.ts'
import { endSweep, takeSweep } from './database/sweep-store.ts'

interface Sweep {
  name: string
  everyMs: number
  /** Does some of it. @returns whether there is more at once, or in how many milliseconds */
  work: () => Promise<boolean | number>
}

const afterErrorMs = 60_000

/**
 * Does some work that one replica does for all, if it is due and no living replica has taken it. If this replica dies, another
 * takes over within seconds.
 * @returns whether there is more to do at once
 */
export async function sweep(
  { db, listener }: Pick<ReplicaContext, 'db' | 'listener'>,
  { name, everyMs, work }: Sweep,
): Promise<boolean> {
  const replicaId = listener.replica.id()
  if (replicaId === undefined || !(await takeSweep(db, { name, replicaId }))) return false
  let nextInMs = afterErrorMs
  try {
    const more = await work()
    if (more === true) nextInMs = 0
    else nextInMs = Math.min(more === false ? everyMs : more, everyMs)
    return more === true
  } finally {
    if (nextInMs > 0) await endSweep(db, { name, replicaId, nextInMs })
  }
}
