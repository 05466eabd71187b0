/**
 * Where a key leads in a list of choices.
 * @param at the index that has the focus; -1 for the search above the list
 * @returns an index, -1 for the search; undefined for another key, or at the end
 */
export function nextByKey(key: string, { at, last }: { at: number; last: number }): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at < last ? at + 1 : undefined
    case 'ArrowUp':
      return at >= 0 ? at - 1 : undefined
    case 'Home':
      return last < 0 ? undefined : 0
    case 'End':
      return last < 0 ? undefined : last
    default:
      return undefined
  }
}
