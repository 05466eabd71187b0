import { LRUCache } from 'lru-cache'
import type { AccessContext } from '../access/access-context.ts'

/** Finds the account of a thing by its id: among all accounts, or only on the given one. Undefined: there is none. */
type AccountLookup = (id: string, within?: string) => Promise<string | undefined>

/** Finds the account that a thing with an id of its own belongs to. */
export interface AccountLookups {
  accountOfRun: AccountLookup
  accountOfSchedule: AccountLookup
  accountOfArtifact: AccountLookup
}

/** The context of what is called from outside. */
export type HttpContext = AccessContext & { http: AccountLookups }

const idsKept = 10_000

/** Looks among all accounts once for each id: a thing never changes its account. */
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
