import type { ErrorReason, ResultRow, Run, RunEvent, RunState, SentResult } from '@standin/contracts'
import { createFakeEventLog } from './fake-event-log.ts'
import { FakeRefusal } from './fake-link.ts'

type EventBody = RunEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'seq' | 'at'> : never) : never

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
  timeZone?: Run['timeZone'] | undefined
  unitSystem?: Run['unitSystem'] | undefined
}

const finalStates: readonly RunState[] = ['succeeded', 'failed', 'cancelled']

/** Background runs that go where the test sends them. */
export function createFakeRuns(nowMs: () => number) {
  const runs = new Map<string, FakeRun>()
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
    tell(fake, { type: 'state', state, reason, waitingUntil: null, headline: run.headline })
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
      progress: { done: 0, total: null, message: '', secondsLeft: null },
      steps: [],
      headline: null,
      incomplete: null,
      reason: null,
      attempts: 0,
      artifacts: [],
      deliveries: [],
      startedBy: { kind: 'service', id: 'fake', name: null },
      timeZone: wanted.timeZone ?? null,
      unitSystem: wanted.unitSystem ?? null,
      scheduleId: null,
      previewRunId: wanted.previewRunId ?? null,
      retryOf: null,
      createdAt: iso(),
      startedAt: null,
      endedAt: null,
      lastSeq: 0,
    }
    const fake = { run, idempotencyKey, log, rows: [] }
    runs.set(run.id, fake)
    become(fake, 'queued')
    return fake
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
      const { run } = start({ ...found(runId).run, idempotencyKey })
      run.retryOf = runId
      return run
    },
    result(runId: string): SentResult & { nextCursor: string | null } {
      const { run, rows } = found(runId)
      const answer = { headline: run.headline, detail: null, chart: null, map: null, columns: [], facets: [] }
      return { ...answer, rows, total: rows.length, nextCursor: null }
    },
    /** The run is being worked on, so far. */
    progress(
      runId: string,
      { done, total, message = '' }: { done: number; total: number | null; message?: string },
    ): void {
      const fake = found(runId)
      if (fake.run.state === 'queued') become(fake, 'running')
      fake.run.progress = { done, total, message, secondsLeft: null }
      tell(fake, { type: 'progress', progress: fake.run.progress, steps: fake.run.steps })
    },
    /** Ends it. */
    end(
      runId: string,
      {
        state = 'succeeded',
        headline = null,
        reason = null,
        rows = [],
      }: {
        state?: 'succeeded' | 'failed' | 'cancelled'
        headline?: string | null
        reason?: ErrorReason | null
        rows?: ResultRow[]
      },
    ): void {
      const fake = found(runId)
      fake.run.headline = headline
      fake.rows.push(...rows)
      become(fake, state, reason)
    },
  }
}
