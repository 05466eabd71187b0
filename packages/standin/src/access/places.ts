import { StandinError } from '../standin-error.ts'

const retryAfterMs = 10_000

/** How many of each name are open, such as the streams of a user. */
export function createPlaces() {
  const open = new Map<string, number>()

  function leave(name: string): void {
    const left = (open.get(name) ?? 0) - 1
    if (left > 0) open.set(name, left)
    else open.delete(name)
  }

  return {
    /**
     * Takes a place of each name, or none at all.
     * @param what is open, for the error
     * @returns a function that gives them back
     * @throws StandinError `RATE_LIMITED`
     */
    hold(places: ReadonlyArray<{ name: string; most: number }>, what: string): () => void {
      const full = places.find(({ name, most }) => (open.get(name) ?? 0) >= most)
      if (full) {
        const detail = `At most ${full.most} ${what} may be open at once. Close one first.`
        throw new StandinError('RATE_LIMITED', { retryAfterMs, detail })
      }
      for (const { name } of places) open.set(name, (open.get(name) ?? 0) + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        for (const { name } of places) leave(name)
      }
    },

    /** How many names are in memory. */
    size: () => open.size,
  }
}
