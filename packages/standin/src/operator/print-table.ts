import { styleText } from 'node:util'
import { printResult, type Terminal } from './terminal.ts'

/** The cells of a table, by the head of their column. */
export type Columns<Item> = Record<string, (item: Item) => string | number | null>

interface Table<Item> {
  /** The message, next to the empty result, when there are no items. */
  none: string
  columns: Columns<Item>
}

/** Prints a list as JSON, or as a table with heads and aligned columns. A column `NAME` without any name is left out. */
export function printTable<Item>(
  terminal: Terminal,
  json: boolean | undefined,
  items: readonly Item[],
  { none, columns }: Table<Item>,
): void {
  if (items.length === 0) terminal.say(none)
  const shown = Object.entries(columns).filter(([head, cell]) => head !== 'NAME' || items.some((item) => cell(item)))
  const rows = items.map((item) => shown.map(([, cell]) => String(cell(item) ?? '-') || '-'))
  const style = terminal.isColoured ? styleOf : undefined
  const heads = shown.map(([head]) => head)
  printResult(terminal, json, items, () => (rows.length === 0 ? '' : aligned([heads, ...rows], style)))
}

/** Tells the operator that there is more, so that a page is not mistaken for the whole list. */
export function sayMore({ say }: Terminal, more: boolean, then: string): void {
  if (more) say(`There are more: ${then}`)
}

type Style = Parameters<typeof styleText>[0]

/** Words that a reader looks for. */
const styles: Record<string, Style> = {
  ...Object.fromEntries(['active', 'succeeded', 'delivered', 'accepted'].map((word) => [word, 'green'])),
  ...Object.fromEntries(
    ['pending', 'waiting', 'awaiting-approval', 'suspended', 'paused', 'cancelling'].map((word) => [word, 'yellow']),
  ),
  ...Object.fromEntries(
    ['failed', 'missing', 'parked', 'rejected', 'quarantined', 'uninstalled', 'refused'].map((word) => [word, 'red']),
  ),
}
const styleOf = (cell: string, row: number): Style | undefined => (row === 0 ? 'bold' : styles[cell])

/** @param style of a cell, on a terminal that has colours */
function aligned(rows: ReadonlyArray<readonly string[]>, style?: typeof styleOf): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row, nth) =>
      row
        .map((cell, column) => {
          const padding = ' '.repeat((widths[column] ?? 0) - cell.length)
          const styled = style?.(cell, nth)
          return `${styled ? styleText(styled, cell, { validateStream: false }) : cell}${padding}`
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
