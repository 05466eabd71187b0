import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { eq } from 'drizzle-orm'
import { inTransaction } from '../src/context.ts'
import { readChunks } from '../src/results/artifacts/artifact-store.ts'
import { artifacts } from '../src/results/artifacts/artifact-table.ts'
import { readRows } from '../src/results/result-row-store.ts'
import { findResult } from '../src/results/result-store.ts'
import { acceptRun } from '../src/runs/accept-run.ts'
import { listEvents } from '../src/runs/run-event-store.ts'
import { isFinal } from '../src/runs/run-lifecycle.ts'
import { runs } from '../src/runs/run-table.ts'
import { createCountingAction } from './counting-action.ts'
import { startCountingServer } from './counting-server.ts'
import { openTestReplica } from './test-replica.ts'

interface KillLoop {
  url: string
  kills: number
  /** Accounts with two runs each. */
  accounts: number
  /** Effects of each run. */
  keys: number
  random: () => number
  /** Kills PostgreSQL instead of a worker, where that kill's turn is it. Resolves when it is back. */
  killDatabase?: { every: number; kill: () => Promise<void> }
  say?: (line: string) => void
}

const replicas = 2
const script = fileURLToPath(new URL('run-worker-process.ts', import.meta.url))

/**
 * Two worker processes work on runs that make effects, and the one that has most of them, or PostgreSQL, is killed again and again.
 * @returns what became of every run, and how long each kill's runs stood still
 */
export async function runKillLoop({ url, kills, accounts, keys, random, killDatabase, say = () => {} }: KillLoop) {
  await using replica = openTestReplica({ url })
  const { ctx } = replica
  const { db } = ctx
  await using counter = await startCountingServer()
  const action = createCountingAction(counter.url)
  let workers: Worker[] = []
  const stoodStillMs: number[] = []
  await using spares = await createSpares(url, counter.url)
  try {
    workers = await Promise.all(Array.from({ length: replicas }, spares.begin))
    const names: string[] = []
    for (let nth = 0; nth < accounts * 2; nth++) {
      names.push(`run${nth}`)
      const accountId = `00000000-0000-4000-8000-${String(nth >> 1).padStart(12, '0')}`
      await inTransaction(ctx, (tx) =>
        acceptRun(tx, {
          action: { ...action, changesData: false }, // Accepted without a preview.
          accountId,
          mode: 'apply',
          input: { name: `run${nth}`, keys },
          idempotencyKey: `kill-loop-${nth}`,
          readsWith: action.scopes,
          startedBy: { kind: 'service', id: 'test', name: null },
          actor: { kind: 'service', id: 'test' },
        }),
      )
    }
    const effects = accounts * 2 * keys
    for (let kill = 1; kill <= kills; kill++) {
      // The kills are spread over the work; at each, requests of some runs are under way.
      counter.allow(Math.floor(effects / (kills + 1) / 2))
      await counter.someWait()
      await pause(random() * 20)
      if (killDatabase && kill % killDatabase.every === 0) {
        await killDatabase.kill()
        say(`kill ${kill}: PostgreSQL`)
        continue
      }
      const held = await workingRuns()
      const runsOf = (worker: Worker) => held.filter(({ replicaId }) => replicaId === worker.replicaId())
      const [victim, ...others] = workers.toSorted((one, other) => runsOf(other).length - runsOf(one).length)
      if (!victim) throw new Error('there is no worker to kill')
      const orphans = runsOf(victim)
      victim.process.kill('SIGKILL')
      const killedAtMs = performance.now()
      const beginning = spares.begin()
      await untilTaken(orphans)
      if (orphans.length > 0) stoodStillMs.push(performance.now() - killedAtMs)
      workers = [...others, await beginning]
      say(`kill ${kill}: ${orphans.length} runs, on again after ${Math.round(stoodStillMs.at(-1) ?? 0)} ms`)
    }
    counter.allow(Number.POSITIVE_INFINITY)
    await until(async () => (await openRuns()).length === 0).catch(async (cause: unknown) => {
      throw new Error(`these do not end: ${JSON.stringify(await openRuns())}`, { cause })
    })
    const endedByThemselves = workers.filter(
      ({ process: { exitCode, signalCode } }) => exitCode !== null || signalCode !== null,
    ).length
    return { runs: await Promise.all(names.map(outcomeOf)), counts: counter.counts, stoodStillMs, endedByThemselves }
  } finally {
    for (const worker of workers) worker.process.kill('SIGKILL')
  }

  type Held = Array<{ id: string; epoch: number; replicaId: number | null }>
  async function workingRuns(): Promise<Held> {
    return db
      .select({ id: runs.id, epoch: runs.epoch, replicaId: runs.replicaId })
      .from(runs)
      .where(eq(runs.state, 'running'))
  }

  async function openRuns() {
    return (await db.select().from(runs)).filter(({ state }) => !isFinal(state))
  }

  async function untilTaken(orphans: Held): Promise<void> {
    await until(async () => {
      const now = await db.select({ id: runs.id, epoch: runs.epoch, state: runs.state }).from(runs)
      return orphans.every(({ id, epoch }) =>
        now.some((run) => run.id === id && (run.epoch > epoch || isFinal(run.state))),
      )
    })
  }

  async function outcomeOf(name: string) {
    const [run] = await db
      .select()
      .from(runs)
      .where(eq(runs.idempotencyKey, `kill-loop-${name.slice(3)}`))
    if (!run) throw new Error(`${name} is lost`)
    const events = await listEvents(db, run, { after: 0, limit: 100_000 })
    const [file] = await db.select().from(artifacts).where(eq(artifacts.runId, run.id))
    const pieces: Buffer[] = []
    if (file) for await (const piece of readChunks(db, file)) pieces.push(piece)
    const found = await findResult(db, run)
    const rows: string[] = []
    if (found?.result) for await (const page of readRows(db, found.result)) rows.push(...page.map(({ id }) => id))
    return {
      name,
      state: run.state,
      reason: run.reason,
      attempts: run.attempts,
      finals: events.filter((event) => event.type === 'state' && isFinal(event.state)).length,
      hasGap: events.some(({ seq }, index) => seq !== index + 1),
      lines: Buffer.concat(pieces).toString().split('\n').slice(0, -1),
      rows,
    }
  }
}

interface Worker {
  process: ChildProcess
  /** As the rows name it now; after its database was away it is another one. */
  replicaId: () => number | undefined
}

/** Workers that are loaded before they are needed: what is measured is how long work stands still, not how long Node loads. */
async function createSpares(url: string, counter: string) {
  const load = () =>
    spawn(process.execPath, ['--conditions=@standin/source', script, url, counter, 'waits'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  const loaded = Array.from({ length: replicas }, load)
  return {
    /** @returns one that works; the next one is loaded in the meantime */
    async begin(): Promise<Worker> {
      const process = loaded.shift() ?? load()
      loaded.push(load())
      let replicaId: number | undefined
      const begun = Promise.withResolvers<void>()
      createInterface(process.stdout).on('line', (line) => {
        replicaId = Number(line.replace('replica ', ''))
        begun.resolve()
      })
      process.stdin.write('begin\n')
      await begun.promise
      return { process, replicaId: () => replicaId }
    },
    async [Symbol.asyncDispose]() {
      for (const spare of loaded) spare.kill('SIGKILL')
    },
  }
}

/** Asks again and again, also while the database is away. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + 120_000
  while (performance.now() < endsAtMs) {
    if (await isSo().catch(() => false)) return
    await pause(10)
  }
  throw new Error('it did not come about')
}

/** The same numbers for the same seed. */
export function createSeededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
