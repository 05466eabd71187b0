import type { ResultColumn } from '@standin/client'
import { isNumeric } from './cell-words.ts'

export interface Sort {
  key: string
  descending: boolean
}

/** `sort=hours` or `sort=-hours`; without it the result's own order, worst first. */
export function sortOf(address: URLSearchParams): Sort | undefined {
  const text = address.get('sort')
  if (!text) return undefined
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false }
}

/** Numbers begin with the largest, words with A; the third press restores the original order. */
export function sortAfterPress(
  before: Sort | undefined,
  column: Pick<ResultColumn, 'key' | 'kind'>,
): string | undefined {
  const begin = isNumeric(column)
  if (before?.key !== column.key) return begin ? `-${column.key}` : column.key
  if (before.descending === begin) return begin ? column.key : `-${column.key}`
  return undefined
}
