import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createStandinClient } from '@standin/client'
import { type Announcing, inTransaction } from '../../packages/standin/src/context.ts'
import { connectDatabase } from '../../packages/standin/src/database/database.ts'
import { createNotifier, notify } from '../../packages/standin/src/database/notices.ts'
import { appendEvent } from '../../packages/standin/src/runs/run-event-store.ts'
import { type RunKey, runs } from '../../packages/standin/src/runs/run-table.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Comparison, Measured } from '../compare.ts'
import { quantile } from '../quantile.ts'

const streams = 200
const perSecond = 100
const forMs = 4_000

/** From before an event is written until the client has it: a run for each stream, an event here, an event there. */
export function runEvents({ servers: [server], databaseUrl, serviceKey }: BenchStack): Comparison[] {
  async function arrival(share: number): Promise<Measured> {
    const { db, close } = connectDatabase(databaseUrl)
    const ctx = { db, notices: createNotifier((notices) => notify(db, notices)) }
    const { runs } = createStandinClient({ url: server?.url ?? '', serviceKey })
    const leaving = new AbortController()
    const tookMs: number[] = []
    const writtenAtMs: number[] = []
    let connected = 0

    async function follow(runId: string): Promise<void> {
      try {
        for await (const event of runs.events(runId, { signal: leaving.signal })) {
          if (event.type !== 'log') connected++
          else tookMs.push(performance.now() - (writtenAtMs[Number(event.message)] ?? Number.NaN))
        }
      } catch (error) {
        if (!leaving.signal.aborted) throw error
      }
    }

    const watched = await Promise.all(Array.from({ length: streams }, () => inTransaction(ctx, insertWaitingRun)))
    const following = Promise.all(watched.map(({ id }) => follow(id)))
    const all = Promise.race([following, pause(20_000)])
    while (connected < streams) await Promise.race([all, pause(20)])

    const count = (perSecond * forMs) / 1_000
    const startedAtMs = performance.now()
    for (let index = 0; index < count; index++) {
      await pause(Math.max(0, startedAtMs + (index * 1_000) / perSecond - performance.now()))
      writtenAtMs.push(performance.now())
      const run = watched[(index * 7) % streams] as RunKey
      void inTransaction(ctx, (tx) => appendEvent(tx, run, { type: 'log', message: String(index) }))
    }
    while (tookMs.length < count) await Promise.race([following, pause(20)])
    leaving.abort()
    await following
    await ctx.notices.close()
    await close()
    return { value: quantile(tookMs, share) }
  }

  const row = (share: number, goal: number, stretch?: number): Comparison => ({
    id: `run-event-p${share * 100}`,
    name: `run event written → the client has it, ${streams} streams, ${perSecond} events/s: p${share * 100}`,
    unit: 'ms',
    goal,
    better: 'less',
    ...(stretch !== undefined && { stretch }),
    subject: {
      name: 'run.events',
      warmUp: async () => void (await arrival(share)),
      measure: () => arrival(share),
    },
  })
  return [row(0.5, 10, 2), row(0.99, 50)]
}

/** A run without a worker, with one event that shows its watcher that the stream is open. */
async function insertWaitingRun(tx: Announcing): Promise<RunKey> {
  const row = { id: randomUUID(), accountId: randomUUID() }
  await tx.db.insert(runs).values({
    ...row,
    actionId: 'fleet-snapshot',
    mode: 'apply',
    input: {},
    idempotencyKey: randomUUID(),
    startedBy: { kind: 'service', id: 'bench', name: 'bench' },
    readsWith: [],
    mayOverlap: false,
    state: 'queued',
    steps: [],
    progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
  })
  await appendEvent(tx, row, {
    type: 'state',
    state: 'queued',
    waitingUntil: null,
    waitingFor: null,
    reason: null,
    headline: null,
  })
  return row
}
