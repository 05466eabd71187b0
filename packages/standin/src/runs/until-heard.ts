import { setTimeout as pause } from 'node:timers/promises'
import type { ReplicaContext } from '../context.ts'
import type { RunLease } from './run-lease-store.ts'
import { workingStates } from './run-lifecycle.ts'
import { whileHeld } from './while-held.ts'

/** Others take the runs of a replica that was silent for five seconds. Long before that, it must not send anything. */
const heardWithinMs = 1_000
const againMs = 50

/**
 * Resolves once the database has answered this process within the last second. A process that was frozen or cut off learns here
 * whether it still holds the run.
 * @throws RunStopped if it does not
 */
export async function untilHeard({ db, listener }: ReplicaContext, lease: RunLease): Promise<void> {
  while (listener.replica.silentForMs() > heardWithinMs) {
    await pause(againMs)
    await whileHeld(db, { ...lease, states: workingStates }, async () => {})
  }
}
