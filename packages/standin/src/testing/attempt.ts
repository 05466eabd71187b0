import { textOf } from '@standin/contracts'
import type { z } from 'zod'
import type { Action, PartContext, RunContext } from '../actions/define-action.ts'
import { type Kept, keepState, readState } from '../actions/keep-state.ts'
import { understandCount } from '../actions/report-progress.ts'
import type { GivenColumn, ResultWriter } from '../results/result-writer.ts'
import { type GivenRow, understandChart, understandFigure, understandRow } from '../results/understand-rows.ts'
import type { ChangeGate } from '../runs/change-gate.ts'
import { StandinError } from '../standin-error.ts'
import { asResultRow, type Recorded } from './played.ts'

/** A run on the stage, over all of its attempts. */
export interface StagedRun<Schema extends z.ZodObject, State extends z.ZodObject> {
  action: Action<Schema, State>
  mode: 'preview' | 'apply'
  input: object
  /** What every attempt works with. */
  given: Pick<
    RunContext<unknown>,
    'accountId' | 'account' | 'trackunit' | 'clock' | 'machines' | 'previous' | 'preview'
  >
  gate: ChangeGate
  recorded: Recorded
  /** As of the last checkpoint. */
  kept: { state: Kept | undefined; rows: GivenRow[]; files: Map<string, string> }
  effects: Map<string, { outcome?: unknown }>
  /** Requests in a row without an answer, without a checkpoint in between. */
  retries: number
}

/** What an action works with while it runs, and in `leavePart`. */
type PlayedContext<Input, State> = RunContext<Input, State> & PartContext<Input, State>

/** One attempt, from the last checkpoint on. If it throws, everything after its own last checkpoint is lost. */
export async function attempt<Schema extends z.ZodObject, State extends z.ZodObject>(
  run: StagedRun<Schema, State>,
  work: (context: PlayedContext<z.output<Schema>, z.output<State>>) => Promise<void> | undefined,
): Promise<void> {
  const rows = [...run.kept.rows]
  const files = new Map(run.kept.files)
  const state = readState(run.action, run.kept.state)
  if (!state) throw new StandinError('ACTION_CHANGED')
  const write = async (now: Kept) => {
    run.retries = 0
    run.kept = { state: JSON.parse(JSON.stringify(now)), rows: [...rows], files: new Map(files) }
  }
  await work({
    ...run.given,
    input: run.action.input.parse(run.input),
    mode: run.mode,
    signal: new AbortController().signal,
    ...keepState(run.action, { kept: run.kept.state, state: state as z.output<State>, write }),
    ...wordsOf(run),
    ...changesOf(run),
    result: resultOf(run.recorded, rows),
    artifact: async ({ name }) => artifactIn(files, name),
    deliver: async () => {},
  })
  run.kept = { state: run.kept.state, rows, files }
}

type AnyRun = StagedRun<z.ZodObject, z.ZodObject>

function wordsOf({
  recorded,
  action,
  mode,
}: Pick<AnyRun, 'recorded' | 'mode'> & { action: Pick<AnyRun['action'], 'steps'> }) {
  return {
    async progress(progress) {
      understandCount(progress)
      recorded.progress.push(progress)
    },
    log: async (line) => void recorded.log.push(line),
    async headline(sentence) {
      recorded.headline = sentence
    },
    async incomplete(what) {
      recorded.incomplete = what
    },
    async step(name, work) {
      const announced = action.steps?.({ mode })
      if (announced?.length && !announced.some((step) => textOf(step) === textOf(name)))
        throw new Error(`the step "${textOf(name)}" is not in the action's steps`)
      if (!recorded.steps.some((step) => textOf(step) === textOf(name))) recorded.steps.push(name)
      return work()
    },
  } satisfies Partial<RunContext<unknown>>
}

/** Changes, each made once. */
function changesOf({
  effects,
  gate,
  mode,
  action,
}: Pick<AnyRun, 'effects' | 'gate' | 'mode'> & { action: Pick<AnyRun['action'], 'changesData'> }) {
  return {
    async effect({ key: about, find, do: change }) {
      if (mode === 'preview' || !action.changesData)
        throw new StandinError('ACTION_FAULTY', { detail: 'It called effect where changes are not allowed.' })
      const known = effects.get(about)
      if (known && 'outcome' in known) return known.outcome as never
      const found = known && (await find?.())
      effects.set(about, {})
      const outcome = found ?? (await gate.inside(change))
      effects.set(about, { outcome })
      return outcome
    },
    changes: async () =>
      new Map([...effects].map(([about, known]) => [about, 'outcome' in known ? 'made' : 'unknown'] as const)),
  } satisfies Partial<PlayedContext<unknown, unknown>>
}

function resultOf(recorded: Recorded, rows: GivenRow[]): ResultWriter {
  const ids = new Set(rows.map(({ id }) => id))
  return {
    async columns(columns) {
      recorded.columns = columns
    },
    async rows(given) {
      for (const row of given) {
        checkCells(row, recorded.columns, rows.length + 1)
        if (!ids.has(row.id)) rows.push(row)
        ids.add(row.id)
      }
    },
    async chart(chart) {
      recorded.chart = understandChart(chart)
    },
    async early(rows) {
      for (const [nth, row] of rows.entries()) checkCells(row, recorded.columns, nth + 1)
      recorded.early.push([...rows])
    },
    async figure(figure) {
      recorded.figure = figure ? understandFigure(figure) : undefined
    },
    async offer(offer) {
      recorded.offer = offer
    },
    async detail(detail) {
      recorded.detail = detail
    },
    read: async () => ({
      columns: recorded.columns.map((column) => ({ filterable: false, ...column })),
      hasMachines: rows.some(({ machine }) => machine),
      batches: (async function* () {
        yield rows.map(asResultRow)
      })(),
    }),
  }
}

/** @throws Error for a cell that the engine would refuse too */
function checkCells(row: GivenRow, columns: readonly GivenColumn[], number: number): void {
  understandRow(
    row,
    columns.map((column) => ({ filterable: false, ...column })),
    number,
  )
}

function artifactIn(files: Map<string, string>, name: string) {
  return {
    id: name,
    isEmpty: !files.has(name),
    async write(piece: string | Uint8Array) {
      const text = typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1')
      files.set(name, (files.get(name) ?? '') + text)
    },
  }
}
