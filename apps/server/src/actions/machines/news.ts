/** A list that brings nothing new for so many pages in a row does not come to its end by itself. */
const patience = 20

/** Tells what of a list has not come before: pages shift while machines come and go, and some lists never end. */
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
