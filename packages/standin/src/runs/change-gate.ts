import { AsyncLocalStorage } from 'node:async_hooks'

/** Open only for what a change itself asks of Trackunit, however many changes and readings of a run go on at once. */
export interface ChangeGate {
  /** Whether the caller is inside a change that has not ended. */
  isOpen(): boolean
  inside<Result>(change: () => Promise<Result>): Promise<Result>
}

export function createChangeGate(): ChangeGate {
  const within = new AsyncLocalStorage<{ isOpen: boolean }>()
  return {
    isOpen: () => within.getStore()?.isOpen ?? false,
    async inside(change) {
      const gate = { isOpen: true }
      try {
        return await within.run(gate, change)
      } finally {
        gate.isOpen = false // What it started and did not wait for may no longer change anything.
      }
    },
  }
}
