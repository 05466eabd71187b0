import { startBackgroundLoop } from '../background-loop.ts'
import type { ReplicaListener } from '../database/listen.ts'
import { sweepBudgets } from '../trackunit/rate-budget-store.ts'
import { createReapRuns } from './reap-runs.ts'
import { createRunEvents } from './run-events.ts'
import { type RunQueue, startRunQueue } from './run-queue.ts'
import { createWakeRuns } from './wake-runs.ts'
import { withSmallHeap } from './with-small-heap.ts'
import { createWorkRun } from './work-run.ts'

type Given = Omit<Parameters<typeof createWorkRun>[0], 'queue' | 'replicaId'> & {
  /** Whether the result of a run that has ended is still on its way to somebody. */
  hasOpenDeliveries?: (runId: string) => Promise<boolean>
  /** For what needs a session: not through a transaction pooler. */
  directUrl: string
  listener: ReplicaListener
  closers: Array<() => Promise<unknown>>
}

const runsAtOnce = 8
const reapEveryMs = 250
const heardWithinMs = 500
const sweepEveryMs = 3_600_000

/** The engine: the queue, this process's workers, the reaper of runs whose worker died, and the streams of events. */
export async function buildRuns({ directUrl, listener, closers, hasOpenDeliveries, ...given }: Given): Promise<{
  queue: RunQueue
  events: Awaited<ReturnType<typeof createRunEvents>>
  /** Begins to work on runs, here. */
  startWorking: () => Promise<void>
}> {
  const { db, log } = given
  const { replica } = listener
  const queue = await startRunQueue(directUrl, log)
  closers.push(queue.stop)
  const worker = createWorkRun({ ...given, queue, replicaId: replica.id })
  replica.onLost(() => {
    queue.cut(heardWithinMs) // What made that session silent may have made the queue's so, and nobody else would notice.
    const runs = [...worker.working().keys()]
    if (runs.length > 0)
      log.warn({ runs }, 'the session that says that this process lives was lost: its runs go on anew')
    worker.lose()
  })
  await listener.on('run_cancel', worker.cancel)
  const events = await createRunEvents({ db, listener, ...(hasOpenDeliveries && { hasOpenDeliveries }) })

  async function startWorking(): Promise<void> {
    const reaping = startBackgroundLoop(createReapRuns({ db, queue, replicaId: replica.id, worker }), {
      everyMs: reapEveryMs,
      log,
      name: 'reap-runs',
    })
    closers.push(reaping.stop)
    const sweeping = startBackgroundLoop(() => sweepBudgets(db), { everyMs: sweepEveryMs, log, name: 'sweep-budgets' })
    closers.push(sweeping.stop)
    const wakeRuns = createWakeRuns({ ...given, queue })
    await listener.on('installation_changed', (accountId) => {
      wakeRuns(accountId).catch((error: unknown) => log.error({ err: error, accountId }, 'waking runs'))
    })
    await queue.work(withSmallHeap(worker.workOn), { atOnce: runsAtOnce })
    closers.push(worker.handOver)
  }
  return { queue, events, startWorking }
}
