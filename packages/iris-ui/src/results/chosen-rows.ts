import type { ResultRow } from '@standin/client'
import { createContext } from 'react'

/** Of a preview: which of its rows are left out of the change. */
export interface ChosenRows {
  isLeftOut(row: ResultRow): boolean
  /** Whether one more row can be left out. */
  mayLeaveOut: boolean
  turn(row: ResultRow): void
}

/** Undefined where rows are only looked at. */
export const ChosenRowsContext = createContext<ChosenRows | undefined>(undefined)
