import { isStorable } from '@standin/contracts'
import type { Context } from '../context.ts'
import type { UserCaller } from './caller.ts'

/** The rights that a user had when their token was last seen. Nothing else tells Standin what a user may do. */
export interface SeenUser {
  accountId: string
  id: string
  /** Undefined if no claim for scopes is configured. */
  scopes: readonly string[] | undefined
  at: Date
}

export interface SeenUsers {
  note(user: UserCaller): void
  /** Those who were seen since the last call. */
  take(): SeenUser[]
}

/** A user beyond this number is noted at their next request. */
const mostAtOnce = 10_000

/** Remembers whose tokens were seen until that is saved. */
export function createSeenUsers({ clock }: Pick<Context, 'clock'>): SeenUsers {
  let seen = new Map<string, SeenUser>()
  return {
    note({ accountId, id, scopes }) {
      const key = `${accountId} ${id}`
      if (seen.size >= mostAtOnce && !seen.has(key)) return
      // A single text that PostgreSQL refuses would lose all users that are saved with it.
      seen.set(key, { accountId, id, scopes: scopes?.filter(isStorable).toSorted(), at: clock.now() })
    },
    take() {
      const taken = [...seen.values()]
      seen = new Map()
      return taken
    },
  }
}
