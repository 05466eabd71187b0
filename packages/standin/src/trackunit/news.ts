/** A list without anything new for this many pages in a row is taken to be endless. */
const patience = 20

/** Counts new items of a list: pages shift while machines come and go, and some lists never end. */
export function createNews() {
  const seen = new Set<string>()
  let pagesWithoutNews = 0
  return {
    /** @returns how many of a page's keys are new */
    count(keys: readonly string[]): number {
      const before = seen.size
      for (const key of keys) seen.add(key)
      pagesWithoutNews = seen.size > before ? 0 : pagesWithoutNews + 1
      return seen.size - before
    },
    isEndless: () => pagesWithoutNews >= patience,
  }
}
