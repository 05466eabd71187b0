/** A list without anything new for so many pages in a row never ends. */
const patience = 20

/** Counts new items of a list: pages shift while machines come and go, and some lists never end. */
export function createNews() {
  const seen = new Set<string>()
  let pagesInVain = 0
  return {
    /** @returns how many of a page's keys are new */
    count(keys: readonly string[]): number {
      const before = seen.size
      for (const key of keys) seen.add(key)
      pagesInVain = seen.size > before ? 0 : pagesInVain + 1
      return seen.size - before
    },
    isEndless: () => pagesInVain >= patience,
  }
}
