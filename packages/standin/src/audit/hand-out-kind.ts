import { LRUCache } from 'lru-cache'
import { saidBy } from './audit-mac.ts'

/** A token that is about to leave. */
export interface HandOut {
  accountId: string
  generation: number
  scopeKey: string
  fingerprint: string
  /** The service's key; undefined if the receiver is one of our runs. */
  serviceKeyId: string | undefined
  /** The MACs of the rows that allow it, as they were verified: account, key and grants. */
  restsOn: readonly string[]
  receiver: { kind: 'service' | 'system'; id: string }
}

/** What hand-outs have in common that differ in id and moment alone. */
export interface HandOutKind {
  /** What of each is signed, beside its id and its moment. */
  said: string
  /** For the statement that writes them, as JSON. */
  row: string
}

/**
 * The kinds of hand-outs, each made once for all who share a token: making one costs more than all else that a row of it
 * costs this process.
 */
export function createHandOutKinds({ max = 5_000 } = {}) {
  const known = new LRUCache<string, HandOutKind>({ max })
  return (handOut: HandOut): HandOutKind => {
    const { accountId, generation, scopeKey, fingerprint, serviceKeyId = '', restsOn, receiver } = handOut
    // What can hold spaces comes last, and the scopes, which cannot hold a line's end, before it.
    const key = `${accountId} ${generation} ${fingerprint} ${serviceKeyId} ${restsOn.join()} ${receiver.kind} ${scopeKey}\n${receiver.id}`
    const kind = known.get(key) ?? kindOf(handOut)
    known.set(key, kind)
    return kind
  }
}

/** @param leftAs the row's id where the token left while the database was down: written whatever holds now, once */
export function kindOf(handOut: HandOut, leftAs: string | null = null): HandOutKind {
  const { accountId, generation, scopeKey, fingerprint, serviceKeyId = null, restsOn, receiver } = handOut
  const scopes = scopeKey.split(' ')
  const details = { scopes, fingerprint, key: serviceKeyId, ...(leftAs !== null && { spooled: true }) }
  const [actorKind, actorId] = [receiver.kind, receiver.id]
  return {
    said: saidBy({ actorKind, actorId, actorName: null, event: 'token.issued', accountId, generation, details }),
    row: JSON.stringify({
      ...{ scopes, details, generation, account_id: accountId, key_id: serviceKeyId, rests_on: restsOn },
      ...{ actor_kind: actorKind, actor_id: actorId, left_as: leftAs },
    }),
  }
}
