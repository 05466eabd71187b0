import type { ResultColumn, ResultRow } from '@standin/client'
import { isNumeric } from './cell-words.ts'

/** How much of the list's width a column takes. */
const takes = { machine: 3.15, reason: 4, link: 2.7, text: 2.2, moment: 1.85, number: 1.35 }
const ROOM = 11.65

export interface ShownColumn {
  column: ResultColumn
  /** Its second line. */
  under: ResultColumn | undefined
  takes: number
}

export interface ListColumns {
  hasMachines: boolean
  shown: ShownColumn[]
  /** A row's second detail: a line under the column at this index, or its own column if there is room. */
  tail: { column: ResultColumn; under: number } | undefined
  /** Whose values have an icon, shown in the first of the columns. */
  icons: ResultColumn | undefined
}

/**
 * Which columns the list shows: as many as fit beside the files, in the action's order. An open row shows all. What the machine's
 * cell already has (its name, its serial number) is not repeated.
 */
export function columnsToShow(columns: readonly ResultColumn[], rows: readonly ResultRow[]): ListColumns {
  const hasMachines = rows.some(({ machine }) => machine)
  const icons = columns.find((column) => column.icons)
  const shown: ShownColumn[] = []
  let taken = hasMachines ? takes.machine : 0

  for (const column of columns) {
    if (column.under !== undefined || column === icons) continue
    if (hasMachines && (isSaidByMachine(column, rows) || isIdOfMachine(column, rows))) continue
    if (isMostlyEmpty(column, rows)) continue
    const isLink = !hasMachines && shown.length === 0 && column.kind === 'text'
    const width = icons && shown.length === 0 ? takes.reason : isLink ? takes.link : widthOf(column)
    if (taken + width > ROOM) break
    taken += width
    const under = columns.find((one) => one.under === column.key && !isTail(one))
    shown.push({ column, under, takes: width })
  }
  const tail = columns.find(isTail)
  const under = shown.findIndex(({ column }) => column.key === tail?.under)
  return { hasMachines, shown, icons, tail: tail && under >= 0 ? { column: tail, under } : undefined }
}

/** A share of the room for each column, as CSS, and what is left of a row. */
export function gridOf({ hasMachines, shown }: Pick<ListColumns, 'hasMachines' | 'shown'>): string {
  const widths = [...(hasMachines ? [takes.machine] : []), ...shown.map((one) => one.takes)]
  const all = widths.reduce((sum, one) => sum + one, 0)
  return [...widths.map((one) => `calc(var(--room) * ${(one / all).toFixed(4)})`), 'minmax(0, 1fr)'].join(' ')
}

/** A category is shown under another column without its title; other texts need it. */
const isTail = ({ kind, under, filterable }: ResultColumn) => under !== undefined && kind === 'text' && !filterable

const widthOf = (column: ResultColumn) =>
  isNumeric(column) ? takes.number : column.kind === 'moment' ? takes.moment : takes.text

/** Of fewer, a dash may be what matters. */
const FEWEST_ROWS = 3
const FEW_ROWS = 10
const MOSTLY = 0.7

function isMostlyEmpty({ key }: ResultColumn, rows: readonly ResultRow[]): boolean {
  const empty = rows.filter(({ cells }) => cells[key] == null).length
  // "No site" says that there is none: where no site is known at all, none was read.
  if (key === 'site' && empty === rows.length) return true
  if (rows.length >= FEWEST_ROWS && empty === rows.length) return true
  return rows.length >= FEW_ROWS && empty / rows.length >= MOSTLY
}

/** The machine's link already has it. */
function isIdOfMachine({ key }: ResultColumn, rows: readonly ResultRow[]): boolean {
  const known = rows.filter(({ cells }) => cells[key] != null)
  return known.length > 0 && known.every(({ machine, cells }) => machine?.id === cells[key])
}

function isSaidByMachine({ key, kind }: ResultColumn, rows: readonly ResultRow[]): boolean {
  if (kind !== 'text') return false
  const known = rows.filter(({ cells }) => cells[key] != null && cells[key] !== '')
  const said = known.filter(
    ({ machine, cells }) => machine && `${machine.name}, ${machine.detail ?? ''}`.includes(String(cells[key])),
  )
  // One name that is too long for the machine's cell gives nobody a column of what is said there.
  return said.length > known.length * MOSTLY
}
