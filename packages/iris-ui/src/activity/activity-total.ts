import type { AuditTotal } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'
import type { Range } from './activity-range.ts'

interface Counted {
  /** Loaded so far; the search covers only these. */
  loaded: number
  /** How many of them match the search; undefined without a search. */
  found: number | undefined
  total: AuditTotal | null | undefined
  range: Range
}

/** How many entries are shown, of how many; an estimated total is marked. */
export function totalWords({ loaded, found, total, range }: Counted, texts: Texts, formats: Formats): string {
  const words = texts.activity
  const shown = formats.number(found ?? loaded)
  if (!total || total.entries < loaded) return words.shown(shown)
  const all = formats.number(total.entries) + (total.isExact ? '' : '+')
  if (found !== undefined && (loaded < total.entries || !total.isExact))
    return words.found(shown, formats.number(loaded), all)
  return words.shownOf(shown, all, words.inRange[range])
}

/** How many the next page adds, at most. */
export function nextPage(loaded: number, total: AuditTotal | null | undefined, page: number): number {
  return total?.isExact && total.entries > loaded ? Math.min(page, total.entries - loaded) : page
}
