import { AsyncLocalStorage } from 'node:async_hooks'

/** Open only for the requests of a change itself, however many changes and reads a run has under way. */
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
        gate.isOpen = false // A request that it did not await may no longer change anything.
      }
    },
  }
}
