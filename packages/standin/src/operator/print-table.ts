import { printResult, type Terminal } from './terminal.ts'

/** The cells of a table, by the head of their column. */
export type Columns<Item> = Record<string, (item: Item) => string | number | null>

interface Table<Item> {
  /** What is said, beside the result, when there is no item. */
  none: string
  columns: Columns<Item>
}

/** Prints a list as JSON, or as a table with heads and aligned columns. */
export function printTable<Item>(
  terminal: Terminal,
  json: boolean | undefined,
  items: readonly Item[],
  { none, columns }: Table<Item>,
): void {
  if (items.length === 0) terminal.say(none)
  const rows = items.map((item) => Object.values(columns).map((cell) => String(cell(item) ?? '-') || '-'))
  printResult(terminal, json, items, () => (rows.length === 0 ? '' : aligned([Object.keys(columns), ...rows])))
}

/** Says that there is more, so that a page is not mistaken for the whole list. */
export function sayMore({ say }: Terminal, more: boolean, then: string): void {
  if (more) say(`There are more: ${then}`)
}

function aligned(rows: ReadonlyArray<readonly string[]>): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
