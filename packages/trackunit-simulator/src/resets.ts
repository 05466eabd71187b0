export type Resets = ReturnType<typeof createResets>

/** Everything that a developer can reset: each rate limit and points budget registers here. */
export function createResets() {
  const all: (() => void)[] = []

  return {
    add: (reset: () => void) => void all.push(reset),
    run() {
      for (const reset of all) reset()
    },
  }
}
