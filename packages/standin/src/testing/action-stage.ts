import { spoken, textOf } from '@standin/contracts'
import type { z } from 'zod'
import { checkInput } from '../actions/check-input.ts'
import type { Action } from '../actions/define-action.ts'
import { createChangeGate } from '../runs/change-gate.ts'
import { StandinError } from '../standin-error.ts'
import { guardChanges } from '../trackunit/guard-changes.ts'
import { withPages } from '../trackunit/pages.ts'
import { attempt, type StagedRun } from './attempt.ts'
import { checkSaid } from './check-said.ts'
import { createMachinesInMemory } from './machines-in-memory.ts'
import { nothingSaid, type Played, previewOf, previousOf, type Said, sent } from './played.ts'
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
  /** A Trackunit that answers as the test says, in place of the simulated one. */
  client?: PlayedRequests
  /** Columns whose texts are the action's own, not names that people gave: without a key, they cannot be translated. */
  ownColumns?: readonly string[]
}

export interface HowToPlay {
  input?: object
  mode?: 'preview' | 'apply'
  preview?: Played
  /** Rows of the preview, by their ids, whose changes are not made. */
  leaveOut?: readonly string[]
  /** The checkpoint of a run that began before. */
  resumedFrom?: unknown
  /** Throws if the action says something that a language of its `messages` lacks. */
  checksTranslations?: boolean
  /** What it fails of for good ends it, and what it leaves then is played. */
  endsHalfWay?: boolean
}

const mostAttempts = 200
/** Without an answer in a row, and without a checkpoint in between. */
const mostRetries = 5

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
  let nowMs = now.getTime()
  const world: SimulatedTrackunit = {
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
    onRequest: () => 'answer' as const,
    ...given,
  }
  const register = createMachinesInMemory()
  const trackunit = createTrackunitInMemory(world, { now: () => nowMs })
  const lastRuns = new Map<string, Played>()
  let runs = 0

  async function play<Schema extends z.ZodObject, State extends z.ZodObject>(
    action: Action<Schema, State>,
    how: HowToPlay = {},
  ): Promise<Played> {
    const {
      input = {},
      mode = 'apply',
      preview,
      leaveOut = [],
      resumedFrom,
      checksTranslations = true,
      endsHalfWay = false,
    } = how
    checkInput(action, { ...input })
    const firstRequest = trackunit.requests.length
    const key = `${action.id} ${mode}`
    const gate = createChangeGate()
    const rules = { mayChange: gate.isOpen, readingPosts: action.readingPosts ?? [] }
    const run: StagedRun<Schema, State> = {
      action,
      mode,
      input,
      given: {
        accountId: '11111111-2222-4333-8444-555555555555',
        account: { timeZone, unitSystem: 'metric', grantedScopes },
        trackunit: withPages(guardChanges({ ...unanswered, ...(client ?? trackunit.client) }, rules)),
        clock: { now: () => new Date(nowMs) },
        previous: previousOf(lastRuns.get(key)),
        preview: preview && previewOf(preview, leaveOut),
        machines: register.registerOf(++runs, `${key} ${JSON.stringify(input)}`),
      },
      gate,
      said: nothingSaid(),
      kept: {
        state: resumedFrom === undefined ? undefined : { state: resumedFrom },
        rows: [],
        files: new Map(),
      },
      effects: new Map(),
      retries: 0,
    }
    const attempts = await playToItsEnd(run, { endsHalfWay, wait: (ms) => (nowMs += ms) })
    run.said.rows = run.kept.rows
    if (checksTranslations) checkSaid(run.said, action, ownColumns)
    const last: Played = {
      ...(spoken(run.said, textOf) as Pick<Played, keyof Said>),
      files: Object.fromEntries(run.kept.files),
      attempts,
      requests: trackunit.requests.slice(firstRequest),
      checkpoint: run.kept.state?.state,
      endedAt: new Date(nowMs),
    }
    sent.set(last, run.kept.rows)
    lastRuns.set(key, last)
    return last
  }

  return {
    world,
    /** Of all runs so far, by path. */
    requests: trackunit.requests,
    play,
    /** What a snapshot would keep of the counters, without its lists and files. */
    async collect(): Promise<void> {
      const machines = register.registerOf(++runs, 'collect')
      await machines.keep(
        world.machines.map((machine) => ({
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
          lastSeenAt: new Date(nowMs),
          operatingHours: machine.hours ?? null,
          idleHours: machine.idleHours ?? null,
          fuelPercent: null,
          batteryPercent: null,
        })),
      )
      await machines.keepReadings()
    },
    now: () => new Date(nowMs),
    pass: (ms: number) => {
      nowMs += ms
    },
  }
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
  throw new Error('the action does not come to an end')
}

/** Whether the engine would try again. */
function mayPass(error: unknown, run: { retries: number }): error is StandinError {
  if (!(error instanceof StandinError)) return false
  if (error.reason === 'TRACKUNIT_UNAVAILABLE') return ++run.retries <= mostRetries
  return error.reason === 'TRACKUNIT_RATE_LIMITED'
}
