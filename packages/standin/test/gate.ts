/** Holds what comes to it until it is opened. */
export function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  return {
    /** When someone has come to it. */
    reached: reached.promise,
    open: resolve,
    async pass(): Promise<void> {
      reached.resolve()
      await promise
    },
  }
}
