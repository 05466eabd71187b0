import {
  type CompiledMessage,
  isMessage,
  type KeyedMessage,
  type Message,
  type ResultChart,
  type SentChart,
  type SentFigure,
  type SentOffer,
  type Spoken,
  spoken,
  textOf,
} from '@standin/contracts'
import format from 'icu-minify/format'
import type { z } from 'zod'
import { checkInput } from '../actions/check-input.ts'
import type { Action, AnyAction, PartContext, RunContext } from '../actions/define-action.ts'
import { type Kept, keepState, readState } from '../actions/keep-state.ts'
import type { PreviewOfRun, PreviousRun } from '../actions/run-predecessors.ts'
import type { GivenColumn } from '../results/result-writer.ts'
import { type GivenRow, understandRow } from '../results/understand-rows.ts'
import { createChangeGate } from '../runs/change-gate.ts'
import { StandinError } from '../standin-error.ts'
import { guardChanges } from '../trackunit/guard-changes.ts'
import { withPages } from '../trackunit/pages.ts'
import { createMachinesInMemory } from './machines-in-memory.ts'
import {
  createTrackunitInMemory,
  Death,
  type PlayedRequests,
  type SimulatedMachine,
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

/** What a run left behind, in English. */
export interface Played {
  headline: string
  incomplete: string
  detail: string
  chart: ResultChart | undefined
  figure: Spoken<SentFigure> | undefined
  offer: Spoken<SentOffer> | undefined
  /** What was found before all was, each time. */
  early: Played['rows'][]
  rows: Array<Omit<GivenRow, 'cells'> & { cells: Record<string, string | number | null | undefined> }>
  columns: ReadonlyArray<Spoken<GivenColumn>>
  files: Record<string, string>
  log: string[]
  steps: string[]
  progress: Array<{ done: number; total: number | null; message: string }>
  /** Each attempt but the last one waited for Trackunit's limits, or died. */
  attempts: number
  requests: string[]
  checkpoint: unknown
  endedAt: Date
}

/** The same, with its messages. */
interface Said {
  headline: Message
  incomplete: Message
  detail: Message
  chart: SentChart | undefined
  figure: SentFigure | undefined
  offer: SentOffer | undefined
  early: GivenRow[][]
  rows: GivenRow[]
  columns: readonly GivenColumn[]
  log: Message[]
  steps: Message[]
  progress: Array<{ done: number; total: number | null; message: Message }>
}

/** What an action works with while it goes, and what it has when it ends before its time. */
type PlayedContext<Input, State> = RunContext<Input, State> & PartContext<Input, State>

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
    {
      input = {},
      mode = 'apply',
      preview,
      resumedFrom,
      checksTranslations = true,
      endsHalfWay = false,
    }: {
      input?: object
      mode?: 'preview' | 'apply'
      preview?: Played
      /** The checkpoint of a run that began before. */
      resumedFrom?: unknown
      /** Throws if the action says something that a language of its `messages` lacks. */
      checksTranslations?: boolean
      /** What it fails of for good ends it, and what it leaves then is played. */
      endsHalfWay?: boolean
    } = {},
  ): Promise<Played> {
    checkInput(action, { ...input })
    const run = ++runs
    const firstRequest = trackunit.requests.length
    const key = `${action.id} ${mode}`
    const kept = {
      state: resumedFrom === undefined ? undefined : ({ state: resumedFrom } as Kept),
      rows: [] as GivenRow[],
      files: new Map<string, string>(),
    }
    const said: Said = {
      headline: '',
      incomplete: '',
      detail: '',
      chart: undefined,
      figure: undefined,
      offer: undefined,
      early: [],
      rows: [],
      columns: [],
      log: [],
      steps: [],
      progress: [],
    }
    let attempts = 0
    const effects = new Map<string, { outcome?: unknown }>()
    let retries = 0

    const gate = createChangeGate()
    const readingPosts = action.readingPosts ?? []
    const requestsOf = guardChanges(
      { ...unanswered, ...(client ?? trackunit.client) },
      { mayChange: gate.isOpen, readingPosts },
    )

    async function attempt(
      work: (context: PlayedContext<z.output<Schema>, z.output<State>>) => Promise<void> | undefined,
    ): Promise<void> {
      const rows = [...kept.rows]
      const files = new Map(kept.files)
      const ids = new Set(rows.map(({ id }) => id))
      const state = readState(action, kept.state)
      if (!state) throw new StandinError('ACTION_CHANGED')
      const write = async (now: Kept) => {
        retries = 0
        kept.state = JSON.parse(JSON.stringify(now))
        kept.rows = [...rows]
        kept.files = new Map(files)
      }
      const context: PlayedContext<z.output<Schema>, z.output<State>> = {
        accountId: '11111111-2222-4333-8444-555555555555',
        account: { timeZone, unitSystem: 'metric', grantedScopes },
        input: action.input.parse(input),
        mode,
        trackunit: withPages(requestsOf),
        clock: { now: () => new Date(nowMs) },
        signal: new AbortController().signal,
        ...keepState(action, { kept: kept.state, state: state as z.output<State>, write }),
        previous: previousOf(lastRuns.get(key)),
        preview: preview && previewOf(preview),
        machines: register.registerOf(run, `${key} ${JSON.stringify(input)}`),
        result: {
          async columns(columns) {
            said.columns = columns
          },
          async rows(given) {
            for (const row of given) {
              checkCells(row, said.columns, rows.length + 1)
              if (!ids.has(row.id)) rows.push(row)
              ids.add(row.id)
            }
          },
          async chart(chart) {
            said.chart = chart
          },
          async early(rows) {
            for (const [nth, row] of rows.entries()) checkCells(row, said.columns, nth + 1)
            said.early.push([...rows])
          },
          async figure(figure) {
            said.figure = figure ?? undefined
          },
          async offer(offer) {
            said.offer = offer
          },
          async detail(detail) {
            said.detail = detail
          },
          read: async () => ({
            columns: said.columns.map((column) => ({ filterable: false, ...column })),
            hasMachines: rows.some(({ machine }) => machine),
            batches: (async function* () {
              yield rows.map(asResultRow)
            })(),
          }),
        } as RunContext<unknown>['result'],
        progress: async (progress) => void said.progress.push(progress),
        async effect({ key: about, find, do: change }) {
          if (mode === 'preview' || !action.changesData)
            throw new StandinError('ACTION_FAULTY', { detail: 'It called effect where it may change nothing.' })
          const known = effects.get(about)
          if (known && 'outcome' in known) return known.outcome as never
          const found = known && (await find?.())
          effects.set(about, {})
          const outcome = found ?? (await gate.inside(change))
          effects.set(about, { outcome })
          return outcome
        },
        changes: async () =>
          new Map([...effects].map(([about, known]) => [about, 'outcome' in known ? 'made' : 'unknown'])),
        async artifact({ name }) {
          return {
            id: name,
            isEmpty: !files.has(name),
            async write(piece) {
              files.set(
                name,
                (files.get(name) ?? '') + (typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1')),
              )
            },
          }
        },
        deliver: async () => {},
        log: async (line) => void said.log.push(line),
        async headline(sentence) {
          said.headline = sentence
        },
        async incomplete(what) {
          said.incomplete = what
        },
        async step(name, work) {
          const announced = action.steps?.({ mode })
          if (announced?.length && !announced.some((step) => textOf(step) === textOf(name)))
            throw new Error(`the step "${textOf(name)}" is not in the action's steps`)
          if (!said.steps.some((step) => textOf(step) === textOf(name))) said.steps.push(name)
          return work()
        },
      }
      await work(context)
      kept.rows = rows
      kept.files = files
    }

    for (;;) {
      attempts++
      if (attempts > mostAttempts) throw new Error('the action does not come to an end')
      try {
        await attempt(action.run)
        break
      } catch (error) {
        if (error instanceof Death) continue
        const mayPass =
          error instanceof StandinError &&
          passing.includes(error.reason) &&
          !(error.reason === 'TRACKUNIT_UNAVAILABLE' && ++retries > mostRetries)
        if (!mayPass && endsHalfWay) {
          await attempt(async (context) => action.leavePart?.(context))
          break
        }
        if (!mayPass) throw error
        nowMs += error.retryAfterMs ?? 60_000
      }
    }
    const requests = trackunit.requests.slice(firstRequest)
    said.rows = kept.rows
    if (checksTranslations) checkSaid(said, action, ownColumns)
    const last: Played = {
      ...(spoken(said, textOf) as Pick<Played, keyof Said>),
      files: Object.fromEntries(kept.files),
      attempts,
      requests,
      checkpoint: kept.state?.state,
      endedAt: new Date(nowMs),
    }
    sent.set(last, kept.rows)
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

const passing: readonly string[] = ['TRACKUNIT_RATE_LIMITED', 'TRACKUNIT_UNAVAILABLE']

/** @throws Error for a cell that the engine would not take either */
function checkCells(row: GivenRow, columns: readonly GivenColumn[], number: number): void {
  understandRow(
    row,
    columns.map((column) => ({ filterable: false, ...column })),
    number,
  )
  for (const { key, kind } of columns) {
    const value = row.cells[key]
    if (kind === 'moment' && typeof value === 'string') Temporal.Instant.from(value)
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`row ${number}: "${key}" is ${value}`)
  }
}

/** @throws Error for what cannot be read in a language that the action's `messages` declare */
function checkSaid(
  { headline, incomplete, detail, chart, figure, offer, columns, rows, log, steps, progress }: Said,
  action: AnyAction,
  ownColumns: readonly string[],
): void {
  const chartTexts = chart && [
    ...[chart.title, chart.note],
    ...(chart.kind === 'stacked' ? chart.series.map(({ label }) => label) : []),
    ...(chart.kind === 'stacked' ? chart.columns.map(({ note }) => note) : []),
    ...(chart.kind === 'compared' ? textsOfComparison(chart) : []),
  ]
  const said = [
    ...[
      headline,
      incomplete,
      detail,
      ...(chartTexts ?? []),
      ...(figure ? [figure.words] : []),
      ...(offer ? [offer.title, offer.means] : []),
      ...log,
      ...steps,
      ...progress.map(({ message }) => message),
    ],
    ...columns.map(({ title }) => title),
    ...rows.flatMap(({ cells }) => ownColumns.map((key) => cells[key])),
  ].filter((message) => message !== undefined && message !== null && typeof message !== 'number' && message !== '')
  for (const [language, messages] of Object.entries(action.messages ?? {})) {
    if (language === 'en') continue
    for (const message of said) {
      if (!isMessage(message)) throw new Error(`${action.id} says this without a key: ${message}`)
      for (const part of keyedParts(message)) checkTranslated(part, { action, language, messages })
    }
  }
}

function checkTranslated(
  { key, values }: KeyedMessage,
  {
    action,
    language,
    messages,
  }: { action: AnyAction; language: string; messages: Readonly<Record<string, CompiledMessage>> },
): void {
  if (!Object.hasOwn(messages, key)) throw new Error(`${action.id} has no text for "${key}" in "${language}"`)
  const text = String(format(messages[key] as Parameters<typeof format>[0], language, values, { formatters }))
  if (/undefined|[{}]/.test(text)) throw new Error(`${action.id} says in "${language}": ${text}`)
}

const formatters: Parameters<typeof format>[3]['formatters'] = {
  getNumberFormat: (...given) => new Intl.NumberFormat(...given),
  getPluralRules: (...given) => new Intl.PluralRules(...given),
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
}

const keyedParts = (message: Message): KeyedMessage[] => {
  if (typeof message === 'string') return []
  return 'parts' in message ? message.parts.flatMap(keyedParts) : [message]
}

const asResultRow = ({ id, machine, cells }: GivenRow) => ({
  id,
  isNew: false,
  machine: machine ? { ...machine, detail: machine.detail ?? null } : null,
  cells: Object.fromEntries(Object.entries(cells).map(([key, value]) => [key, value ?? null])),
})

const previousOf = (played: Played | undefined): PreviousRun | undefined =>
  played && {
    runId: 'previous',
    endedAt: played.endedAt,
    resultRowIds: async () => new Set(played.rows.map(({ id }) => id)),
  }

/** The rows of a run as it gave them. */
const sent = new WeakMap<Played, GivenRow[]>()

const previewOf = (played: Played): PreviewOfRun => ({
  runId: 'preview',
  endedAt: played.endedAt,
  checkpoint: played.checkpoint,
  countRows: async () => (sent.get(played) ?? []).length,
  async *rows() {
    const rows = sent.get(played) ?? []
    for (let at = 0; at < rows.length; at += 100) yield rows.slice(at, at + 100).map(asResultRow)
  },
})

/** A fleet of machines that all work well; every fourth is on the same of four sites. */
export function fleetOf(size: number, of: (nth: number) => Partial<SimulatedMachine> = () => ({})): SimulatedMachine[] {
  const types = ['EXCAVATOR', 'ROLLER', 'SCISSOR_LIFT', 'WHEEL_LOADER']
  const brands = ['Volvo', 'Bomag', 'Genie', 'Komatsu', 'JLG']
  return Array.from({ length: size }, (_, nth) => ({
    id: `m${nth + 1}`,
    name: `EX-${1_000 + nth}`,
    brand: brands[nth % 5] ?? '',
    model: 'M1',
    serialNumber: `S-${nth + 1}`,
    assetType: types[nth % 4] ?? '',
    lastSeen: '2026-11-23T05:50:00.000Z',
    coordinates: [12.6, 55.7] as [number, number],
    site: { id: `s${nth % 4}`, name: `Site ${nth % 4}` },
    hours: 1_000 + nth,
    idleHours: 300,
    fuelLevel: 60,
    battery: null,
    ...of(nth),
  }))
}

function textsOfComparison({ groupings, periods, partialNote }: SentChart & { kind: 'compared' }) {
  const ofGroupings = groupings.flatMap(({ label, title, rows }) => [label, title, ...rows.map(({ detail }) => detail)])
  return [partialNote, ...periods.map(({ label }) => label), ...ofGroupings]
}
