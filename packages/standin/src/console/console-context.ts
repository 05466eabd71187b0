import type { ConsoleSession } from '../access/console-sessions.ts'
import type { CallbacksContext } from '../callbacks/callbacks-context.ts'
import type { DeliveriesContext } from '../deliveries/deliveries-context.ts'
import type { StoredNow } from './now.ts'

/** What the console shows and changes. */
export type ConsoleContext = DeliveriesContext & CallbacksContext & { console: ConsoleMemory }

export interface ConsoleMemory {
  /** Keys that stored values need and this process does not have. */
  keysMissing: readonly string[]
  /** Codes that opened a session while the database was down: each works once. */
  usedCodes: Set<string>
  /** What was last read from the database, for when it is down. */
  stored: StoredNow | undefined
}

/** One request of a signed-in operator. */
export interface Visit {
  session: ConsoleSession
  /** Of this process; ages on the page count back from it. */
  now: Date
  query: URLSearchParams
}
