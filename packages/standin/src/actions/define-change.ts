import type { Message, SentRow } from '@standin/contracts'
import { z } from 'zod'
import { createCsvArtifact, createXlsxArtifact } from '../results/artifacts/result-files.ts'
import type { GivenColumn } from '../results/result-writer.ts'
import { actionFailedIn } from '../runs/failure-text.ts'
import { StandinError } from '../standin-error.ts'
import { isRefused } from '../trackunit/is-refused.ts'
import { type ChangeWords, changeWords, ofEveryChange, sentences, withChangeWords } from './change-words.ts'
import type { Action, NoState, PartContext, RunContext } from './define-action.ts'

/** A row of the preview's result, as the preview added it. */
export type ChangeRow = SentRow

/** An action that changes something for each row of a list that people review first. */
export interface Change<Schema extends z.ZodObject, State extends z.ZodObject = NoState>
  extends Omit<Action<Schema, State>, 'changesData' | 'run' | 'leavePart'> {
  /** The columns of the preview. The applied list has one more in front: each row's outcome. */
  columns: readonly GivenColumn[]
  /** Adds one row to `result` for each change that would be made; its id names what is changed. Changes nothing. */
  preview(context: RunContext<z.output<Schema>, z.output<State>>): Promise<void>
  /**
   * Makes the change of one row; may send requests that change data. Called once for each row of the preview, in order, even
   * after a crash. `ActionFailed`, whose text becomes the row's outcome, and `TRACKUNIT_REFUSED` mean that this change was not
   * made; the next row follows. Any other error interrupts the run.
   */
  apply(context: RunContext<z.output<Schema>>, row: ChangeRow): Promise<void>
  /**
   * Looks up whether the change of a row was made, after a crash or a lost answer; throws if that cannot be known.
   * Without it, such a change is never repeated and the run fails with `EFFECT_UNKNOWN`.
   */
  find?(context: RunContext<z.output<Schema>>, row: ChangeRow): Promise<boolean>
  /** The change of a row as the audit log describes it, without secrets. By default the row's id. */
  describe?(row: ChangeRow): string
  /** Replaces texts such as "30 changes would be made". */
  words?: Partial<ChangeWords<z.output<Schema>>>
  /** Names of the files without extension. By default the action's id, and the same with `-applied`. */
  files?: { preview: string; applied: string }
  /** Describes what a preview that stopped early has listed. Without it, such a preview leaves no file. */
  partOfPreview?(context: PartContext<z.output<Schema>, z.output<State>>): Message | undefined
}

/** How far the changes are, besides the state of the preview. */
const countersSchema = z.object({ done: z.number().default(0), refused: z.number().default(0) })
type Counters = z.output<typeof countersSchema>

const keptEvery = 25
/** If all of the first changes are refused, the cause is not a single row. */
const mostFirstRefusals = 10

/**
 * Declares an action of three functions: `preview` lists, `apply` changes one row, `find` looks up whether it did. Standin does
 * the rest: the preview's result and files, each change exactly once, a result and a file with the outcomes, and what a run
 * that stopped halfway has changed.
 */
export function defineChange<Schema extends z.ZodObject, const Id extends string, State extends z.ZodObject = NoState>(
  change: Change<Schema, State> & { id: Id },
): Action<Schema, z.ZodObject> & { id: Id } {
  const { columns, preview, apply, find, describe, words, files, partOfPreview, ...action } = change
  const { id } = change
  const complete: CompleteChange<Schema, State> = {
    ...change,
    words: { ...changeWords, ...words },
    files: files ?? { preview: id, applied: `${id}-applied` },
  }
  const taken = Object.keys(countersSchema.shape).find((name) => change.state && name in change.state.shape)
  if (taken)
    throw new Error(`Action "${id}": its state has "${taken}", which counts the changes. Give it another name.`)
  const messages = withChangeWords(change.messages)
  return {
    ...action,
    id,
    ...(messages && { messages }),
    state: z.object({ ...change.state?.shape, ...countersSchema.shape }) as z.ZodObject,
    changesData: true,
    steps: ({ mode }) => {
      if (mode === 'apply') return [complete.words.making]
      const ofPreview = change.steps?.({ mode }) ?? []
      return ofPreview.length > 0 ? [...ofPreview, ofEveryChange.makeFiles] : []
    },
    run: (context) => (context.mode === 'preview' ? list(complete, context as Run) : make(complete, context as Run)),
    leavePart: (context) =>
      context.mode === 'preview' ? leaveList(complete, context as Part) : leaveMade(complete, context as Part),
  }
}

interface CompleteChange<Schema extends z.ZodObject, State extends z.ZodObject> extends Change<Schema, State> {
  words: ChangeWords<z.output<Schema>>
  files: { preview: string; applied: string }
}
// biome-ignore lint/suspicious/noExplicitAny: input and own state are the maker's, checked where the change is defined
type AnyComplete = CompleteChange<any, any>
// biome-ignore lint/suspicious/noExplicitAny: as above
type Run = RunContext<any, any>
// biome-ignore lint/suspicious/noExplicitAny: as above
type Part = PartContext<any, any>

async function list({ preview, words, files, columns }: AnyComplete, context: Run): Promise<void> {
  const { result, headline, durable, step, input } = context
  await result.columns(columns)
  await durable('change: preview', () => preview(context))
  const count = await durable('change: count', async () => {
    let count = 0 // Of the stored rows: a repeated row is stored once.
    for await (const rows of (await result.read()).batches) count += rows.length
    const sentence = count === 0 ? words.nothingToChange({ input }) : words.wouldChange({ count, input })
    await headline(count === 0 ? sentence : sentences([sentence, ofEveryChange.notYet]))
    return count
  })
  if (count === 0) return
  await step(ofEveryChange.makeFiles, async () => {
    await createCsvArtifact(context, { name: `${files.preview}.csv` })
    await createXlsxArtifact(context, { name: `${files.preview}.xlsx` })
  })
}

/** Makes exactly the changes that the preview listed, in its order. */
async function make(complete: AnyComplete, context: Run): Promise<void> {
  const { words, files, columns } = complete
  const { preview, signal, state, save, result, headline, step, progress, log } = context
  if (!preview) throw new StandinError('PREVIEW_REQUIRED')
  const total = await preview.countRows()
  await save() // Now `leavePart` is called, even if the run stops after its first change.

  let at: Counters = { done: state.done, refused: state.refused }
  await step(words.making, async () => {
    await result.columns(withOutcome(columns, words))
    let position = 0
    for await (const rows of preview.rows())
      for (const row of rows) {
        if (position++ < at.done) continue
        signal.throwIfAborted()
        const refusal = await makeOne(complete, context, row)
        await result.rows([outcomeOf(row, refusal ?? words.made)])
        at = { done: position, refused: at.refused + (refusal ? 1 : 0) }
        if (at.refused === at.done && at.refused >= mostFirstRefusals)
          throw new StandinError('TRACKUNIT_REFUSED', { detail: 'Trackunit refused all of the first changes.' })
        await progress({ done: at.done, total, message: words.progress })
        if (at.done % keptEvery !== 0) continue
        await headline(sentenceOf({ made: at.done - at.refused, done: at.done, total }, words))
        await save(at)
      }
  })
  const leftOut = await listLeftOut(complete, context)
  await headline(sentences([sentenceOf({ made: at.done - at.refused, done: at.done, total }, words), ...leftOut]))
  if (at.refused > 0) await log(words.refusals({ count: at.refused }))
  await save(at)
  if (total > 0) await createCsvArtifact(context, { name: `${files.applied}.csv` })
}

/** Adds the rows that were left out, with that outcome. @returns a sentence about them, if there are any */
async function listLeftOut(
  { words }: AnyComplete,
  { preview, result }: Pick<Run, 'preview' | 'result'>,
): Promise<Message[]> {
  let count = 0
  for await (const rows of preview?.leftOut() ?? []) {
    await result.rows(rows.map((row) => outcomeOf(row, words.leftOut)))
    count += rows.length
  }
  return count > 0 ? [words.leftOutSome({ count })] : []
}

/** @returns why it was refused, if it was */
async function makeOne(
  { apply, find, describe, id, words }: AnyComplete,
  context: Run,
  row: ChangeRow,
): Promise<Message | undefined> {
  try {
    await context.effect({
      key: row.id,
      describe: describe?.(row) ?? `${id} ${row.id}`,
      async do() {
        await apply(context, row)
        return true
      },
      ...(find && { find: async () => ((await find(context, row)) ? true : undefined) }),
    })
    return undefined
  } catch (error) {
    // A refused row does not stop the others; any other error does.
    const failed = actionFailedIn(error)
    if (failed?.retry === 'never') return failed.text
    if (isRefused(error) && error.reason === 'TRACKUNIT_REFUSED') return words.refused
    throw error
  }
}

async function leaveList({ partOfPreview, files }: AnyComplete, context: Part): Promise<void> {
  const part = context.isDone('change: preview') ? undefined : partOfPreview?.(context)
  if (part === undefined) return
  const note = sentences([part, ofEveryChange.unchanged])
  await context.result.detail(note)
  await createCsvArtifact(context, { name: `${files.preview}-part.csv`, note })
}

/** Lists what a run that stopped halfway has changed. Its state lacks the last changes, so it reads them all. */
async function leaveMade(complete: AnyComplete, context: Part): Promise<void> {
  const { words, files, columns } = complete
  const { preview, result, headline } = context
  const changes = await context.changes()
  if (!preview || changes.size === 0) return
  const total = await preview.countRows()
  const tried = { made: 0, 'not made': 0, unknown: 0 }
  const outcomes = { made: words.made, 'not made': words.refused, unknown: words.unknown }
  await result.columns(withOutcome(columns, words))
  for await (const rows of preview.rows())
    for (const row of rows) {
      const change = changes.get(row.id)
      if (!change) continue
      tried[change]++
      await result.rows([outcomeOf(row, outcomes[change])])
    }
  const leftOut = await listLeftOut(complete, context)
  const { made, unknown } = tried
  const rest = total - made - unknown
  const note = sentences([
    words.madeSome({ made, total }),
    ...(unknown > 0 ? [words.outcomesUnknown({ count: unknown })] : []),
    ...(rest > 0 ? [words.untouched({ count: rest })] : []),
    ...leftOut,
  ])
  await headline(sentenceOf({ made, done: made + unknown + tried['not made'], total }, words))
  await result.detail(note)
  await createCsvArtifact(context, { name: `${files.applied}-part.csv`, note })
}

const withOutcome = (columns: readonly GivenColumn[], { outcome }: AnyComplete['words']): GivenColumn[] => [
  { key: 'outcome', title: outcome, kind: 'text', filterable: true },
  ...columns,
]

const outcomeOf = (row: ChangeRow, outcome: Message) => ({ ...row, cells: { ...row.cells, outcome } })

function sentenceOf(
  { made, done, total }: { made: number; done: number; total: number },
  words: AnyComplete['words'],
): Message {
  if (total === 0) return words.madeNone
  if (done < total) return words.madeSoFar({ made, total })
  return made === total ? words.madeAll({ total }) : words.madeSome({ made, total })
}
