/**
 * All advisory locks that are taken by number: two rules with the same number would wait for each other. The numbers are
 * arbitrary, and the same in every replica.
 */
export const advisoryLocks = {
  migrations: 7_261_002,
  /** The first of two numbers; the second is the replica's id. */
  replicas: 7_261_003,
  probe: 7_261_004,
  partitions: 7_261_005,
  feedNumbers: 7_261_006,
  heldCallbacks: 7_261_007,
} as const
