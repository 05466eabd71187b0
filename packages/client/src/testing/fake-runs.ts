import type { ErrorReason, ResultRow, Run, RunEvent, RunState, SentResult } from '@standin/contracts'
import { createFakeEventLog } from './fake-event-log.ts'
import { FakeRefusal } from './fake-link.ts'

type EventBody = RunEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'seq' | 'at'> : never) : never

/** A file that a run of the fake leaves. */
export interface FakeFile {
  name: string
  /** `text/plain` by default. */
  mediaType?: string
  content: string | Uint8Array<ArrayBuffer>
}

/** How a run of the fake ends: `succeeded` by default. */
export interface FakeEnding {
  state?: 'succeeded' | 'failed' | 'cancelled'
  /** The result in one sentence. */
  headline?: string | null
  /** Why it failed. */
  reason?: ErrorReason | null
  rows?: ResultRow[]
  files?: FakeFile[]
}

/** How far a run is; `total` is null while it is unknown. */
export interface FakeProgress {
  done: number
  total: number | null
  message?: string
}

interface FakeRun {
  run: Run
  idempotencyKey: string
  log: ReturnType<typeof createFakeEventLog<EventBody>>
  rows: ResultRow[]
}

export interface NewRun {
  accountId: string
  actionId: string
  input: Record<string, unknown>
  idempotencyKey: string
  mode?: Run['mode'] | undefined
  previewRunId?: Run['previewRunId'] | undefined
  leaveOut?: Run['leaveOut'] | undefined
  timeZone?: Run['timeZone'] | undefined
  unitSystem?: Run['unitSystem'] | undefined
  language?: Run['language'] | undefined
}

const filesKeptMs = 30 * 24 * 3_600_000
const finalStates: readonly RunState[] = ['succeeded', 'failed', 'cancelled']

/**
 * Background runs that go where the test sends them.
 * @param whenStarted called with each new run
 */
export function createFakeRuns(nowMs: () => number, whenStarted: (run: Run) => void) {
  const runs = new Map<string, FakeRun>()
  const files = new Map<string, FakeFile>()
  const iso = () => new Date(nowMs()).toISOString()

  function found(runId: string): FakeRun {
    const fake = runs.get(runId)
    if (fake === undefined) throw new FakeRefusal('RUN_NOT_FOUND')
    return fake
  }

  function tell({ run, log }: FakeRun, event: EventBody): void {
    run.lastSeq++
    log.add(event, iso())
  }

  function become(fake: FakeRun, state: RunState, reason: ErrorReason | null = null): void {
    const { run, log } = fake
    const isFinal = finalStates.includes(state)
    Object.assign(run, {
      state,
      reason,
      startedAt: run.startedAt ?? (state === 'running' ? iso() : null),
      endedAt: isFinal ? iso() : null,
    })
    tell(fake, { type: 'state', state, reason, waitingUntil: null, waitingFor: null, headline: run.headline })
    if (isFinal) log.end()
  }

  function start({ accountId, actionId, input, idempotencyKey, mode = 'apply', ...wanted }: NewRun): FakeRun {
    const log = createFakeEventLog<EventBody>()
    const run: Run = {
      id: crypto.randomUUID(),
      accountId,
      actionId,
      mode,
      input,
      state: 'queued',
      waitingUntil: null,
      waitingFor: null,
      progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
      steps: [],
      headline: null,
      incomplete: null,
      failure: null,
      reason: null,
      attempts: 0,
      artifacts: [],
      deliveries: [],
      startedBy: { kind: 'service', id: 'fake', name: null },
      timeZone: wanted.timeZone ?? null,
      unitSystem: wanted.unitSystem ?? null,
      language: wanted.language ?? null,
      scheduleId: null,
      previewRunId: wanted.previewRunId ?? null,
      leaveOut: wanted.leaveOut ?? [],
      retryOf: null,
      createdAt: iso(),
      startedAt: null,
      endedAt: null,
      lastSeq: 0,
    }
    const fake = { run, idempotencyKey, log, rows: [] }
    runs.set(run.id, fake)
    become(fake, 'queued')
    whenStarted(run)
    return fake
  }

  function keep(fake: FakeRun, { name, mediaType = 'text/plain', content }: FakeFile): void {
    const bytes = new Blob([content]).size
    const keptUntil = new Date(nowMs() + filesKeptMs).toISOString()
    const artifact = { id: crypto.randomUUID(), name, mediaType, bytes, keptUntil }
    files.set(artifact.id, { name, mediaType, content })
    fake.run.artifacts.push(artifact)
    tell(fake, { type: 'artifact', artifact })
  }

  return {
    start(wanted: NewRun): Run {
      const same = [...runs.values()].find(
        ({ run, idempotencyKey }) => run.accountId === wanted.accountId && idempotencyKey === wanted.idempotencyKey,
      )
      if (same === undefined) return start(wanted).run
      const isTheSame =
        same.run.actionId === wanted.actionId && JSON.stringify(same.run.input) === JSON.stringify(wanted.input)
      if (!isTheSame) throw new FakeRefusal('IDEMPOTENCY_KEY_REUSED')
      return same.run
    },
    get: (runId: string): Run => found(runId).run,
    stream: (runId: string) => found(runId).log.stream,
    list: (accountId: string, { actionId, states }: { actionId?: string; states?: readonly RunState[] }): Run[] =>
      [...runs.values()]
        .map(({ run }) => run)
        .filter((run) => run.accountId === accountId)
        .filter((run) => actionId === undefined || run.actionId === actionId)
        .filter((run) => states === undefined || states.includes(run.state))
        .reverse(),
    cancel(runId: string): Run {
      const fake = found(runId)
      if (finalStates.includes(fake.run.state)) throw new FakeRefusal('RUN_NOT_CANCELLABLE')
      become(fake, fake.run.state === 'queued' ? 'cancelled' : 'cancelling')
      return fake.run
    },
    retry(runId: string, idempotencyKey: string): Run {
      const { run: earlier } = found(runId)
      if (!finalStates.includes(earlier.state)) throw new FakeRefusal('RUN_NOT_ENDED')
      const { run } = start({ ...earlier, idempotencyKey })
      run.retryOf = runId
      return run
    },
    result(
      runId: string,
      { cursor = '0', limit = 20 }: { cursor?: string; limit?: number },
    ): SentResult & { nextCursor: string | null } {
      const { run, rows } = found(runId)
      const { headline } = run
      const answer = {
        headline,
        figure: null,
        offer: null,
        detail: null,
        chart: null,
        map: null,
        columns: [],
        facets: [],
      }
      const end = Number(cursor) + limit
      const nextCursor = end < rows.length ? String(end) : null
      return { ...answer, rows: rows.slice(Number(cursor), end), total: rows.length, nextCursor }
    },
    file(artifactId: string): FakeFile {
      const file = files.get(artifactId)
      if (file === undefined) throw new FakeRefusal('ARTIFACT_NOT_FOUND')
      return file
    },
    /** The run is being worked on, so far. */
    progress(runId: string, { done, total, message = '' }: FakeProgress): void {
      const fake = found(runId)
      if (fake.run.state === 'queued') become(fake, 'running')
      fake.run.progress = { done, total, message, secondsLeft: null, share: null }
      tell(fake, { type: 'progress', progress: fake.run.progress, steps: fake.run.steps })
    },
    /** Ends it; a run that has ended stays as it is. */
    end(
      runId: string,
      { state = 'succeeded', headline = null, reason = null, rows = [], files = [] }: FakeEnding,
    ): void {
      const fake = found(runId)
      if (finalStates.includes(fake.run.state)) return
      fake.run.headline = headline
      fake.rows.push(...rows)
      for (const file of files) keep(fake, file)
      become(fake, state, reason)
    },
  }
}
