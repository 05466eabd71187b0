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

/** What hand-outs have in common that differ in their moment alone. */
export interface HandOutKind {
  accountId: string
  /** What of it is signed, beside its place. */
  said: string
  /** The id that a hand-out was given in the spool: it left while the database was down. */
  leftAs: string | null
  /** For the statement that writes them: the begin of a JSON object. */
  row: string
}

/**
 * The kinds of hand-outs, each made once for all who share a token: making one costs more than all else that a hand-out of
 * it costs this process. As many as there are tokens in memory.
 */
export function createHandOutKinds({ max = 20_000 } = {}) {
  const known = new LRUCache<string, HandOutKind>({ max })
  return (handOut: HandOut): HandOutKind => {
    const { accountId, generation, scopeKey, fingerprint, serviceKeyId = '', restsOn, receiver } = handOut
    // What can hold spaces comes last, and the scopes, which cannot hold a line's end, before it.
    const key = `${accountId} ${generation} ${fingerprint} ${serviceKeyId} ${restsOn.join()} ${receiver.kind} ${scopeKey}\n${receiver.id}`
    const found = known.get(key)
    if (found) return found
    const kind = kindOf(handOut)
    known.set(key, kind)
    return kind
  }
}

/** @param leftAs the hand-out's id where the token left while the database was down: written whatever holds now, once */
export function kindOf(handOut: HandOut, leftAs: string | null = null): HandOutKind {
  const { accountId, generation, scopeKey, fingerprint, serviceKeyId = null, restsOn, receiver } = handOut
  const scopes = scopeKey.split(' ')
  const [actorKind, actorId] = [receiver.kind, receiver.id]
  const row = {
    scopes,
    generation,
    fingerprint,
    account_id: accountId,
    key: serviceKeyId,
    rests_on: restsOn,
    actor_kind: actorKind,
    actor_id: actorId,
    left_as: leftAs,
  }
  const said = saidOfKind({ actorKind, actorId, accountId, generation, scopes, fingerprint, key: serviceKeyId, leftAs })
  return { accountId, said, leftAs, row: JSON.stringify(row).slice(0, -1) }
}

interface KindContent {
  actorKind: 'service' | 'system'
  actorId: string
  accountId: string
  generation: number
  scopes: readonly string[]
  fingerprint: string
  key: string | null
  leftAs: string | null
}

/** What a hand-out says beside who got it and of which account. */
export const detailsOf = ({ scopes, fingerprint, key, leftAs }: Omit<KindContent, 'actorKind' | 'actorId'>) => ({
  scopes,
  fingerprint,
  key,
  ...(leftAs !== null && { spooled: true }),
})

/** What is signed of a kind, beside its place. */
export function saidOfKind(kind: KindContent): string {
  const { actorKind, actorId, accountId, generation } = kind
  const event = 'token.issued'
  return saidBy({ actorKind, actorId, actorName: null, event, accountId, generation, details: detailsOf(kind) })
}
