import type { ResultColumn, ResultRow } from '@standin/client'
import { isNumeric } from './cell-words.ts'

const MACHINE_TAKES = 3
const WORDS_TAKE = 2
const NUMBER_TAKES = 1
const ROOM = 9

/**
 * Which columns stand in the table, and which in a row's details: as many as have room beside the files, in the action's
 * own order. What the machine's cell says already (its name, its serial number) is in neither; the files have it all.
 */
export function columnsToShow(
  columns: readonly ResultColumn[],
  rows: readonly ResultRow[],
): { shown: ResultColumn[]; details: ResultColumn[] } {
  const hasMachines = rows.some(({ machine }) => machine)
  const shown: ResultColumn[] = []
  const details: ResultColumn[] = []
  let taken = hasMachines ? MACHINE_TAKES : 0
  let isFull = false

  for (const column of columns) {
    if (hasMachines && isSaidByMachine(column, rows)) continue
    if (isMostlyEmpty(column, rows) || isIdOfMachine(column, rows)) {
      details.push(column)
      continue
    }
    const takes = isNumeric(column) ? NUMBER_TAKES : WORDS_TAKE
    if (taken + takes <= ROOM && !isFull) {
      shown.push(column)
      taken += takes
    } else {
      isFull = true
      details.push(column)
    }
  }
  return { shown, details }
}

const FEW_ROWS = 10
const MOSTLY = 0.7

function isMostlyEmpty({ key }: ResultColumn, rows: readonly ResultRow[]): boolean {
  if (rows.length < FEW_ROWS) return false
  return rows.filter(({ cells }) => cells[key] == null).length / rows.length >= MOSTLY
}

/** The machine's link already has it; the details show it too. */
function isIdOfMachine({ key }: ResultColumn, rows: readonly ResultRow[]): boolean {
  const known = rows.filter(({ cells }) => cells[key] != null)
  return known.length > 0 && known.every(({ machine, cells }) => machine?.id === cells[key])
}

function isSaidByMachine({ key, kind }: ResultColumn, rows: readonly ResultRow[]): boolean {
  if (kind !== 'text') return false
  const known = rows.filter(({ cells }) => cells[key] != null && cells[key] !== '')
  return (
    known.length > 0 &&
    known.every(
      ({ machine, cells }) => machine && `${machine.name}, ${machine.detail ?? ''}`.includes(String(cells[key])),
    )
  )
}
