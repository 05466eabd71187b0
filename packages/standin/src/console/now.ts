import type { InstallationState } from '@standin/contracts'
import type { DatabaseTrouble } from '../database/database-watch.ts'
import type { SeenReplica } from '../database/replica-store.ts'
import type { KeyReader } from '../secrets/key-reader-store.ts'

/** The state of Standin as a whole, from the database. */
export interface StoredNow {
  at: Date
  signInDownForS: number
  /** When Trackunit's signing keys were last fetched. */
  keysFetchedAt: Date | undefined
  replicas: SeenReplica[]
  keyReaders: KeyReader[]
  accounts: Partial<Record<InstallationState, number>>
  waiting: { approval: number; quarantined: number }
  heldCallbacks: number
  oldestDueProofS: number
  oldestDueDeliveryS: number
  openRuns: Readonly<Record<string, number>>
}

/** What the page Now shows. */
export interface Now {
  /** Of this process. */
  database: { trouble: DatabaseTrouble | undefined; downForMs: number; bridgesMs: number }
  clockAheadMs: number | undefined
  keysMissing: readonly string[]
  /** Undefined if its folder cannot be read. */
  spoolBytes: number | undefined
  replicaId: number | undefined
  parts: readonly string[]
  keys: { encryption: readonly string[]; audit: readonly string[] }
  /** As it was when the database last answered. */
  stored: StoredNow | undefined
}
