import type { AuditTotal } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'
import type { Range } from './activity-range.ts'

interface Counted {
  /** Loaded so far; what is looked for by words, is looked for among them. */
  loaded: number
  /** Of those, what has the words; undefined where none are looked for. */
  found: number | undefined
  total: AuditTotal | null | undefined
  range: Range
}

/** How much of how much stands there; a total that the server gave up counting says so, or nothing where it helps nobody. */
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
