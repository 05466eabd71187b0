import { spoken, textOf } from '@standin/contracts'
import type { z } from 'zod'
import { checkInput } from '../actions/check-input.ts'
import type { Action } from '../actions/define-action.ts'
import { createChangeGate } from '../runs/change-gate.ts'
import { StandinError } from '../standin-error.ts'
import { guardChanges } from '../trackunit/guard-changes.ts'
import { withPages } from '../trackunit/pages.ts'
import { attempt, type StagedRun } from './attempt.ts'
import { checkTranslations } from './check-translations.ts'
import { createMachinesInMemory } from './machines-in-memory.ts'
import { nothingRecorded, type Played, previewOf, previousOf, type Recorded, sent } from './played.ts'
import {
  createTrackunitInMemory,
  Death,
  type PlayedRequests,
  type SimulatedTrackunit,
  unanswered,
} from './trackunit-in-memory.ts'

interface Given extends Partial<SimulatedTrackunit> {
  now?: Date
  timeZone?: string | null
  grantedScopes?: readonly string[]
  /** Answers the requests in place of the simulated Trackunit. */
  client?: PlayedRequests
  /** Columns with texts of the action, not names that people chose: these must have a key, to be translated. */
  ownColumns?: readonly string[]
}

export interface HowToPlay {
  input?: object
  mode?: 'preview' | 'apply'
  preview?: Played
  /** Rows of the preview, by their ids, whose changes are not made. */
  leaveOut?: readonly string[]
  /** The checkpoint of an earlier attempt. */
  resumedFrom?: unknown
  /** Throws if one of the action's texts is missing in a language of its `messages`. True by default. */
  checksTranslations?: boolean
  /** If it fails for good, plays its `leavePart` instead of throwing. */
  endsHalfWay?: boolean
}

const mostAttempts = 200
/** Requests in a row without an answer, without a checkpoint in between. */
const mostRetries = 5

/** One account, and what passes from one of its runs to the next. */
interface Stage {
  world: SimulatedTrackunit
  trackunit: ReturnType<typeof createTrackunitInMemory>
  register: ReturnType<typeof createMachinesInMemory>
  lastRuns: Map<string, Played>
  runs: number
  nowMs: number
  ownColumns: readonly string[]
  timeZone: string | null
  grantedScopes: readonly string[] | undefined
  client: PlayedRequests
}

const emptyWorld = (): SimulatedTrackunit => ({
  machines: [],
  events: [],
  issues: [],
  overdue: [],
  plan: 'irisx',
  hasGroups: true,
  isPartial: false,
  hasDataHealth: true,
  hasServices: true,
  hasAemp: true,
  vanished: new Set<string>(),
  onRequest: () => 'answer',
})

/**
 * One account, and a worker that continues from the last checkpoint as the engine does: what was written after it is
 * dropped, limits are waited for, changes are made once.
 */
export function createActionStage({
  now = new Date('2026-11-23T06:00:00.000Z'),
  timeZone = 'Europe/Copenhagen',
  grantedScopes,
  client,
  ownColumns = [],
  ...given
}: Given = {}) {
  const world: SimulatedTrackunit = { ...emptyWorld(), ...given }
  const trackunit = createTrackunitInMemory(world, { now: () => stage.nowMs })
  const stage: Stage = {
    world,
    trackunit,
    register: createMachinesInMemory(),
    lastRuns: new Map(),
    runs: 0,
    nowMs: now.getTime(),
    timeZone,
    grantedScopes,
    client: client ?? trackunit.client,
    ownColumns,
  }
  return {
    world,
    /** The paths of all requests so far. */
    requests: trackunit.requests,
    play: <Schema extends z.ZodObject, State extends z.ZodObject>(action: Action<Schema, State>, how: HowToPlay = {}) =>
      play(stage, action, how),
    /** Stores the machines' counters as a snapshot does, without its lists and files. */
    collect(): Promise<void> {
      return collect(stage)
    },
    now: () => new Date(stage.nowMs),
    pass: (ms: number) => {
      stage.nowMs += ms
    },
  }
}

async function play<Schema extends z.ZodObject, State extends z.ZodObject>(
  stage: Stage,
  action: Action<Schema, State>,
  how: HowToPlay,
): Promise<Played> {
  checkInput(action, { ...how.input })
  const firstRequest = stage.trackunit.requests.length
  const run = stageRun(stage, action, how)
  const attempts = await playToItsEnd(run, {
    endsHalfWay: how.endsHalfWay ?? false,
    wait: (ms) => {
      stage.nowMs += ms
    },
  })
  run.recorded.rows = run.kept.rows
  if (how.checksTranslations ?? true) checkTranslations(run.recorded, action, stage.ownColumns)
  const played: Played = {
    ...(spoken(run.recorded, textOf) as Pick<Played, keyof Recorded>),
    files: Object.fromEntries(run.kept.files),
    attempts,
    requests: stage.trackunit.requests.slice(firstRequest),
    checkpoint: run.kept.state?.state,
    endedAt: new Date(stage.nowMs),
  }
  sent.set(played, run.kept.rows)
  stage.lastRuns.set(keyOf(action, run.mode), played)
  return played
}

const keyOf = ({ id }: { id: string }, mode: 'preview' | 'apply') => `${id} ${mode}`

function stageRun<Schema extends z.ZodObject, State extends z.ZodObject>(
  stage: Stage,
  action: Action<Schema, State>,
  { input = {}, mode = 'apply', preview, leaveOut = [], resumedFrom }: HowToPlay,
): StagedRun<Schema, State> {
  const key = keyOf(action, mode)
  const gate = createChangeGate()
  const rules = { mayChange: gate.isOpen, readingPosts: action.readingPosts ?? [] }
  const { timeZone, grantedScopes } = stage
  return {
    action,
    mode,
    input,
    given: {
      accountId: '11111111-2222-4333-8444-555555555555',
      account: { timeZone, unitSystem: 'metric', grantedScopes },
      trackunit: withPages(guardChanges({ ...unanswered, ...stage.client }, rules)),
      clock: { now: () => new Date(stage.nowMs) },
      previous: previousOf(stage.lastRuns.get(key)),
      preview: preview && previewOf(preview, leaveOut),
      machines: stage.register.registerOf(++stage.runs, `${key} ${JSON.stringify(input)}`),
    },
    gate,
    recorded: nothingRecorded(),
    kept: { state: resumedFrom === undefined ? undefined : { state: resumedFrom }, rows: [], files: new Map() },
    effects: new Map(),
    retries: 0,
  }
}

async function collect(stage: Stage): Promise<void> {
  const machines = stage.register.registerOf(++stage.runs, 'collect')
  await machines.keep(
    stage.world.machines.map((machine) => ({
      id: machine.id,
      name: machine.name ?? null,
      brand: null,
      model: null,
      serialNumber: null,
      groups: [],
      type: machine.assetType ?? null,
      site: machine.site ?? null,
      latitude: null,
      longitude: null,
      address: null,
      lastSeenAt: new Date(stage.nowMs),
      operatingHours: machine.hours ?? null,
      idleHours: machine.idleHours ?? null,
      fuelPercent: null,
      batteryPercent: null,
    })),
  )
  await machines.keepReadings()
}

/** @returns how many attempts it took */
async function playToItsEnd<Schema extends z.ZodObject, State extends z.ZodObject>(
  run: StagedRun<Schema, State>,
  { endsHalfWay, wait }: { endsHalfWay: boolean; wait: (ms: number) => void },
): Promise<number> {
  for (let attempts = 1; attempts <= mostAttempts; attempts++) {
    try {
      await attempt(run, run.action.run)
      return attempts
    } catch (error) {
      if (error instanceof Death) continue
      if (mayPass(error, run)) wait(error.retryAfterMs ?? 60_000)
      else if (endsHalfWay) {
        await attempt(run, async (context) => run.action.leavePart?.(context))
        return attempts
      } else throw error
    }
  }
  throw new Error(`the action did not end within ${mostAttempts} attempts`)
}

/** Whether the engine would try again. */
function mayPass(error: unknown, run: { retries: number }): error is StandinError {
  if (!(error instanceof StandinError)) return false
  if (error.reason === 'TRACKUNIT_UNAVAILABLE') return ++run.retries <= mostRetries
  return error.reason === 'TRACKUNIT_RATE_LIMITED'
}
