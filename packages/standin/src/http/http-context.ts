import { LRUCache } from 'lru-cache'
import type { AccessContext } from '../access/access-context.ts'

/** Finds the account of a run, schedule or file by its id, among all accounts or only on the given one. */
type AccountLookup = (id: string, within?: string) => Promise<string | undefined>

export interface AccountLookups {
  accountOfRun: AccountLookup
  accountOfSchedule: AccountLookup
  accountOfArtifact: AccountLookup
}

/** The context of routes and procedures. */
export type HttpContext = AccessContext & { http: AccountLookups }

const idsKept = 10_000

/** Searches all accounts once for each id: nothing moves to another account. */
export function rememberAccounts({
  accountOfRun,
  accountOfSchedule,
  accountOfArtifact,
}: AccountLookups): AccountLookups {
  return {
    accountOfRun: remembering(accountOfRun),
    accountOfSchedule: remembering(accountOfSchedule),
    accountOfArtifact: remembering(accountOfArtifact),
  }
}

function remembering(lookUp: AccountLookup): AccountLookup {
  const known = new LRUCache<string, string>({ max: idsKept })
  return async (id, within) => {
    if (within !== undefined) return lookUp(id, within)
    const accountId = known.get(id) ?? (await lookUp(id))
    if (accountId !== undefined) known.set(id, accountId)
    return accountId
  }
}
