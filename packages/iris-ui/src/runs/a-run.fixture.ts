import type { Run } from '@standin/client'

/** A run for tests: a running fleet snapshot with the given changes. */
export function aRun(changes: Partial<Run> = {}): Run {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    accountId: '5f3c1a52-2b1d-4a39-9d7e-0b1b6b7f2c11',
    actionId: 'fleet-snapshot',
    mode: 'apply',
    input: {},
    state: 'running',
    waitingUntil: null,
    waitingFor: null,
    progress: { done: 0, total: null, message: '', secondsLeft: null, share: null },
    steps: [],
    headline: null,
    incomplete: null,
    failure: null,
    reason: null,
    attempts: 1,
    artifacts: [],
    deliveries: [],
    timeZone: null,
    unitSystem: null,
    language: null,
    scheduleId: null,
    previewRunId: null,
    leaveOut: [],
    retryOf: null,
    startedBy: { kind: 'user', id: 'mette', name: 'Mette Kjær' },
    createdAt: '2026-11-24T08:42:00Z',
    startedAt: '2026-11-24T08:42:01Z',
    endedAt: null,
    lastSeq: 0,
    ...changes,
  }
}
