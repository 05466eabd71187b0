/** Everyone who comes to it waits until it is opened. */
export function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  return {
    /** Resolves when the first one waits at it. */
    reached: reached.promise,
    open: resolve,
    async pass(): Promise<void> {
      reached.resolve()
      await promise
    },
  }
}
