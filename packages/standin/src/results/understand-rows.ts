import {
  type Message,
  messageSchema,
  offeredScheduleSchema,
  resultChartSchema,
  resultFigureSchema,
  type SentChart,
  type SentColumn,
  type SentFigure,
  type SentOffer,
  type SentRow,
  textOf,
  withTexts,
} from '@standin/contracts'
import type { z } from 'zod'
import { storableText } from '../database/storable-text.ts'
import { StandinError } from '../standin-error.ts'

/** A row as an action adds it. A missing cell is unknown. */
export interface GivenRow {
  /** Of this row alone, the same in every run: the next run uses it to find what is new. */
  id: string
  /**
   * What the row is about, if several rows are about the same, such as one for each week. The first of them is new if no row
   * of the previous run is about it; the others are not. Without it, each row is about its id.
   */
  about?: string
  machine?: { id: string; name: string; detail?: string | null } | null
  cells: Readonly<Record<string, Message | number | null | undefined>>
}

/** A row that can be stored. */
export type StorableRow = Pick<SentRow, 'id' | 'machine' | 'cells'> & { about: string | null; searched: string }

const longest = { id: 200, cell: 500, name: 200 } as const
const textKinds: ReadonlySet<SentColumn['kind']> = new Set(['text', 'moment', 'place'])

/**
 * Checks a row against the columns and shortens its texts.
 * @param number of the row in the result, from 1
 * @throws StandinError `ACTION_FAULTY` for a cell without a column, of another kind or without a value that can be shown, naming
 * row and column
 */
export function understandRow(row: GivenRow, columns: readonly SentColumn[], number: number): StorableRow {
  checkForm(row, number)
  const { id, about, machine, cells } = row
  const stray = Object.keys(cells).find((key) => !columns.some((column) => column.key === key))
  if (stray !== undefined)
    throw faulty(
      number,
      columns.length > 0
        ? `there is no column "${stray}"; the columns are ${columns.map(({ key }) => key).join(', ')}`
        : `there are no columns yet; call result.columns before result.rows`,
    )
  const understood = Object.fromEntries(
    columns.map((column) => [column.key, understandCell(cells[column.key], column, number)]),
  )
  const named = machine
    ? {
        id: storableText(machine.id, longest.id),
        name: storableText(machine.name, longest.name),
        detail: machine.detail ? storableText(machine.detail, longest.name) : null,
      }
    : null
  const texts = columns.flatMap(({ key, kind }) => (kind === 'text' ? [searchedText(understood[key])] : []))
  return {
    id: storableText(id, longest.id),
    about: about === undefined ? null : storableText(about, longest.id),
    machine: named,
    cells: understood,
    searched: [named?.name, named?.detail, ...texts].filter(Boolean).join('\n').toLowerCase(),
  }
}

/** Without a compiler, as in JavaScript, a row can be anything. */
function checkForm({ id, about, machine, cells }: GivenRow, number: number): void {
  if (typeof id !== 'string') throw faulty(number, 'its id, which names what the row is about, must be a text')
  if (about !== undefined && typeof about !== 'string') throw faulty(number, 'its "about" must be a text')
  if (typeof cells !== 'object' || cells === null) throw faulty(number, 'it has no cells')
  if (machine && (typeof machine.id !== 'string' || typeof machine.name !== 'string'))
    throw faulty(number, 'its machine needs an id and a name, which are texts; machineOfRow makes one')
}

function understandCell(
  value: Message | number | null | undefined,
  { key, kind }: SentColumn,
  number: number,
): Message | number | null {
  if (value === null || value === undefined) return null
  if (kind === 'text' && isKeyed(value)) return storableMessage(value, longest.cell)
  if (!textKinds.has(kind) && Number.isFinite(value)) return value as number
  if (typeof value !== 'string' || !textKinds.has(kind) || (kind === 'moment' && !isMoment(value)))
    throw faulty(number, `the column "${key}" takes ${takes(kind)}, and its cell is ${nameOf(value)}`)
  if (kind === 'place' && !isOnEarth(value)) return null
  return storableText(value, longest.cell)
}

const texts: Partial<Record<SentColumn['kind'], string>> = {
  text: 'a text or a message',
  moment: 'a moment, such as "2026-01-31T12:00:00Z"',
  place: 'a place, such as "55.7,12.6"',
  number: 'a number',
}
const takes = (kind: SentColumn['kind']) => texts[kind] ?? `a number (${kind})`
/** Its kind, and not a text itself: that may come from anywhere, and people read this. */
function nameOf(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : `${value} (an unknown value is null)`
  if (value instanceof Date) return 'a Date (toISOString makes a moment of it)'
  return (
    { string: 'another text', object: 'an object that is no message', boolean: 'a boolean' }[String(typeof value)] ??
    'of another kind'
  )
}

const faulty = (number: number, what: string) =>
  new StandinError('ACTION_FAULTY', { detail: `Row ${number} of its result, and of the files made of it: ${what}.` })

const faultyColumns = (what: string) =>
  new StandinError('ACTION_FAULTY', { detail: `The columns of its result: ${what}.` })

const searchedText = (cell: SentRow['cells'][string] | undefined) =>
  typeof cell === 'object' && cell !== null ? textOf(cell) : cell

const isMoment = (text: string) => {
  try {
    return Boolean(Temporal.Instant.from(text))
  } catch {
    return false
  }
}

/** A device without reception may report anything: an impossible position is unknown. */
const isOnEarth = (place: string) => {
  const [latitude, longitude, ...more] = place.split(',').map((degrees) => (degrees.trim() ? Number(degrees) : NaN))
  return more.length === 0 && Math.abs(latitude ?? NaN) <= 90 && Math.abs(longitude ?? NaN) <= 180
}

/** Its numbers are finite: what JSON cannot hold could be stored, but never be read again. */
const isKeyed = (value: unknown): value is Exclude<Message, string> =>
  typeof value === 'object' && messageSchema.safeParse(value).success

/** @throws StandinError `ACTION_FAULTY` for anything else, which an action may give without a compiler */
export function storableMessage(message: Message, length: number): Message {
  if (typeof message !== 'string' && !isKeyed(message))
    throw new StandinError('ACTION_FAULTY', {
      detail: 'It said something that is neither a text nor a message, or a message with a number that is NaN.',
    })
  return withTexts(message, (text) => storableText(text, length))
}

export const understandChart = (chart: SentChart): SentChart => understandPart('chart', resultChartSchema, chart)
export const understandFigure = (figure: SentFigure): SentFigure => {
  const { words, ...rest } = understandPart('figure', resultFigureSchema, figure)
  return { ...rest, words: storableMessage(words, 200) }
}

export const understandOffer = (offer: SentOffer): SentOffer => {
  const { title, means, ...rest } = understandPart('offer', offeredScheduleSchema, offer)
  return { ...rest, title: storableMessage(title, 200), means: storableMessage(means, 500) }
}

/** @throws StandinError `ACTION_FAULTY` for a value that its readers could not show, such as NaN, naming where it is */
function understandPart<Schema extends z.ZodType>(name: string, schema: Schema, value: z.output<Schema>) {
  const { error, data } = schema.safeParse(value)
  if (!error) return data
  const places = [...new Set(error.issues.map(({ path }) => path.join('.') || '(all)'))].slice(0, 3).join(', ')
  throw new StandinError('ACTION_FAULTY', {
    detail: `The ${name} of its result has values that cannot be shown: ${places}. A number must be finite.`,
  })
}

/** @throws Error for columns with the same key, or too many */
export function understandColumns(columns: readonly SentColumn[]): SentColumn[] {
  const keys = new Set(columns.map(({ key }) => key))
  if (keys.size !== columns.length) throw faultyColumns('two have the same key')
  if (columns.length > 40) throw faultyColumns('there are more than 40')
  // The key under which rows are sorted by machine.
  if (keys.has('machine')) throw faultyColumns('"machine" is taken; rows have a machine of their own')
  const nameless = columns.find(({ namedBy }) => namedBy !== undefined && !keys.has(namedBy))
  if (nameless) throw faultyColumns(`"${nameless.key}" is named by "${nameless.namedBy}", which is none`)
  const astray = columns.find(({ under }) => under !== undefined && !keys.has(under))
  if (astray) throw faultyColumns(`"${astray.key}" is under "${astray.under}", which is none`)
  return columns.map(({ key, title, kind, filterable, namedBy, under, icons }) => ({
    key,
    title: storableMessage(title, 100),
    kind,
    filterable,
    ...(namedBy !== undefined && { namedBy }),
    ...(under !== undefined && { under }),
    ...(icons !== undefined && { icons }),
  }))
}
