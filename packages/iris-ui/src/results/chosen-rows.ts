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

/** The ids of rows as a parameter of the address. */
export const textOfIds = (ids: Iterable<string>): string => [...ids].map(encodeURIComponent).join()

/** Without what is no id. */
export function idsOfText(text: string | null): string[] {
  return (text ?? '').split(',').flatMap((part) => {
    try {
      return part ? [decodeURIComponent(part)] : []
    } catch {
      return []
    }
  })
}
