import { LRUCache } from 'lru-cache'

/** What Trackunit says of an account's machines. */
export interface MachineCount {
  /** Null where it did not say. */
  machines: Promise<number | null>
  /** On the monotonic clock. */
  untilMs: number
}

/** The last counts, by account and by the scopes that they were read with. */
export type MachineCounts = LRUCache<string, MachineCount>

export const createMachineCounts = (): MachineCounts => new LRUCache<string, MachineCount>({ max: 10_000 })
