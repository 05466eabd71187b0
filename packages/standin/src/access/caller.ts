import type { Actor } from '../audit/record.ts'

/** Who sends a request. A background run has no caller: it works for its account. */
export type Caller = ServiceCaller | UserCaller

export interface ServiceCaller {
  kind: 'service'
  service: string
  keyId: string
  /** The MAC of the key's row, as it was read. */
  mac: string
  /** Its grant for all accounts and, after `callerOn`, the one for the account that a request is about. */
  grants: readonly Grant[]
}

/** What a service may do on one account, or on `all`. */
export interface Grant {
  accountId: string
  scopes: readonly string[]
  /** The MAC of its row, as it was read. */
  mac: string
}

export interface UserCaller {
  kind: 'user'
  id: string
  name: string | null
  accountId: string
  /** The scopes of the user's own token; undefined if no claim for them is configured. */
  scopes: readonly string[] | undefined
  /** The user's own address, where their token names it. */
  email?: string
  /** When the token expires; a stream ends then. */
  expiresAt: Date
}

/** A caller, as the audit names them. */
export const actorOf = (caller: Caller): Actor =>
  caller.kind === 'user'
    ? { kind: 'user', id: caller.id, name: caller.name }
    : { kind: 'service', id: caller.service, name: caller.service }
