import type { ErrorReason, ResultRow, Run, RunEvent, RunState, SentResult } from '@standin/contracts'
import { createFakeEventLog } from './fake-event-log.ts'
import { FakeRefusal } from './fake-link.ts'

type EventBody = RunEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'seq' | 'at'> : never) : never

/** A file that a fake run produces. */
export interface FakeFile {
  name: string
  /** `text/plain` by default. */
  mediaType?: string
  content: string | Uint8Array<ArrayBuffer>
}

/** How a fake run ends: `succeeded` by default. */
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

/** All runs of one fake, and their files. */
interface FakeRuns {
  runs: Map<string, FakeRun>
  files: Map<string, FakeFile>
  nowMs: () => number
  whenStarted: (run: Run) => void
}

/**
 * Background runs that do what the test says.
 * @param whenStarted called with each new run
 */
export function createFakeRuns(nowMs: () => number, whenStarted: (run: Run) => void) {
  const fakes: FakeRuns = { runs: new Map(), files: new Map(), nowMs, whenStarted }
  return {
    start: (wanted: NewRun) => startOnce(fakes, wanted),
    get: (runId: string) => found(fakes, runId).run,
    stream: (runId: string) => found(fakes, runId).log.stream,
    list: (accountId: string, wanted: Parameters<typeof list>[2]) => list(fakes, accountId, wanted),
    cancel: (runId: string) => cancel(fakes, runId),
    retry: (runId: string, idempotencyKey: string) => retry(fakes, runId, idempotencyKey),
    result: (runId: string, page: Parameters<typeof resultOf>[1]) => resultOf(found(fakes, runId), page),
    file(artifactId: string): FakeFile {
      const file = fakes.files.get(artifactId)
      if (file === undefined) throw new FakeRefusal('ARTIFACT_NOT_FOUND')
      return file
    },
    /** Reports progress; a queued run starts. */
    progress: (runId: string, progress: FakeProgress) => reportProgress(fakes, runId, progress),
    /** Ends a run; one that has ended stays as it is. */
    end: (runId: string, ending: FakeEnding) => end(fakes, runId, ending),
  }
}

const isoNow = ({ nowMs }: FakeRuns) => new Date(nowMs()).toISOString()
const hasEnded = ({ run }: FakeRun) => finalStates.includes(run.state)

function found({ runs }: FakeRuns, runId: string): FakeRun {
  const fake = runs.get(runId)
  if (fake === undefined) throw new FakeRefusal('RUN_NOT_FOUND')
  return fake
}

function startOnce(fakes: FakeRuns, wanted: NewRun): Run {
  const same = [...fakes.runs.values()].find(
    ({ run, idempotencyKey }) => run.accountId === wanted.accountId && idempotencyKey === wanted.idempotencyKey,
  )
  if (same === undefined) return start(fakes, wanted).run
  const isTheSame =
    same.run.actionId === wanted.actionId && JSON.stringify(same.run.input) === JSON.stringify(wanted.input)
  if (!isTheSame) throw new FakeRefusal('IDEMPOTENCY_KEY_REUSED')
  return same.run
}

function start(fakes: FakeRuns, wanted: NewRun): FakeRun {
  const run = queuedRun(wanted, isoNow(fakes))
  const fake = { run, idempotencyKey: wanted.idempotencyKey, log: createFakeEventLog<EventBody>(), rows: [] }
  fakes.runs.set(run.id, fake)
  become(fakes, fake, 'queued')
  fakes.whenStarted(run)
  return fake
}

function queuedRun({ accountId, actionId, input, mode = 'apply', ...wanted }: NewRun, createdAt: string): Run {
  return {
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
    createdAt,
    startedAt: null,
    endedAt: null,
    lastSeq: 0,
  }
}

function become(fakes: FakeRuns, fake: FakeRun, state: RunState, reason: ErrorReason | null = null): void {
  const { run, log } = fake
  const at = isoNow(fakes)
  Object.assign(run, { state, reason, startedAt: run.startedAt ?? (state === 'running' ? at : null) })
  run.endedAt = hasEnded(fake) ? at : null
  addEvent(fakes, fake, { type: 'state', state, reason, waitingUntil: null, waitingFor: null, headline: run.headline })
  if (hasEnded(fake)) log.end()
}

function addEvent(fakes: FakeRuns, { run, log }: FakeRun, event: EventBody): void {
  run.lastSeq++
  log.add(event, isoNow(fakes))
}

function list(
  { runs }: FakeRuns,
  accountId: string,
  { actionId, states }: { actionId?: string; states?: readonly RunState[] },
): Run[] {
  return [...runs.values()]
    .map(({ run }) => run)
    .filter((run) => run.accountId === accountId)
    .filter((run) => actionId === undefined || run.actionId === actionId)
    .filter((run) => states === undefined || states.includes(run.state))
    .reverse()
}

function cancel(fakes: FakeRuns, runId: string): Run {
  const fake = found(fakes, runId)
  if (hasEnded(fake)) throw new FakeRefusal('RUN_NOT_CANCELLABLE')
  become(fakes, fake, fake.run.state === 'queued' ? 'cancelled' : 'cancelling')
  return fake.run
}

function retry(fakes: FakeRuns, runId: string, idempotencyKey: string): Run {
  const earlier = found(fakes, runId)
  if (!hasEnded(earlier)) throw new FakeRefusal('RUN_NOT_ENDED')
  const { run } = start(fakes, { ...earlier.run, idempotencyKey })
  run.retryOf = runId
  return run
}

function resultOf(
  { run: { headline }, rows }: FakeRun,
  { cursor = '0', limit = 20 }: { cursor?: string; limit?: number },
): SentResult & { nextCursor: string | null } {
  const to = Number(cursor) + limit
  return {
    headline,
    figure: null,
    offer: null,
    detail: null,
    chart: null,
    map: null,
    columns: [],
    facets: [],
    rows: rows.slice(Number(cursor), to),
    total: rows.length,
    nextCursor: to < rows.length ? String(to) : null,
  }
}

function reportProgress(fakes: FakeRuns, runId: string, { done, total, message = '' }: FakeProgress): void {
  const fake = found(fakes, runId)
  if (fake.run.state === 'queued') become(fakes, fake, 'running')
  fake.run.progress = { done, total, message, secondsLeft: null, share: null }
  addEvent(fakes, fake, { type: 'progress', progress: fake.run.progress, steps: fake.run.steps })
}

function end(
  fakes: FakeRuns,
  runId: string,
  { state = 'succeeded', headline = null, reason = null, rows = [], files = [] }: FakeEnding,
): void {
  const fake = found(fakes, runId)
  if (hasEnded(fake)) return
  fake.run.headline = headline
  fake.rows.push(...rows)
  for (const file of files) addFile(fakes, fake, file)
  become(fakes, fake, state, reason)
}

function addFile(fakes: FakeRuns, fake: FakeRun, { name, mediaType = 'text/plain', content }: FakeFile): void {
  const bytes = new Blob([content]).size
  const keptUntil = new Date(fakes.nowMs() + filesKeptMs).toISOString()
  const artifact = { id: crypto.randomUUID(), name, mediaType, bytes, keptUntil }
  fakes.files.set(artifact.id, { name, mediaType, content })
  fake.run.artifacts.push(artifact)
  addEvent(fakes, fake, { type: 'artifact', artifact })
}
