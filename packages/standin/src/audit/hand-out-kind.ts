import { LRUCache } from 'lru-cache'
import { contentOf } from './audit-mac.ts'

/** A token that is about to be handed out. */
export interface HandOut {
  accountId: string
  generation: number
  scopeKey: string
  fingerprint: string
  /** The service's key; undefined if the receiver is a run. */
  serviceKeyId: string | undefined
  /** The MACs of the rows that allow it, as they were verified: account, key and grants. */
  restsOn: readonly string[]
  receiver: { kind: 'service' | 'system'; id: string }
}

/** What hand-outs have in common that differ only in their moment. */
export interface HandOutKind {
  accountId: string
  /** The text of it that is signed with its place. */
  content: string
  /** The id that a hand-out was given in the spool: it left while the database was down. */
  leftAs: string | null
  /** For the statement that writes them: a JSON object without its closing brace. */
  row: string
}

/**
 * The kinds of hand-outs, each created once for all that share a token, since creating one costs more than the rest of a
 * hand-out. By default as many as there are tokens in memory.
 */
export function createHandOutKinds({ max = 20_000 } = {}) {
  const known = new LRUCache<string, HandOutKind>({ max })
  return (handOut: HandOut): HandOutKind => {
    const { accountId, generation, scopeKey, fingerprint, serviceKeyId = '', restsOn, receiver } = handOut
    // Last comes the id, which may contain spaces; before it the scopes, which cannot contain a line break.
    const key = `${accountId} ${generation} ${fingerprint} ${serviceKeyId} ${restsOn.join()} ${receiver.kind} ${scopeKey}\n${receiver.id}`
    const found = known.get(key)
    if (found) return found
    const kind = handOutKindOf(handOut)
    known.set(key, kind)
    return kind
  }
}

/** @param leftAs the id of a hand-out that was made while the database was down: it is recorded once, even if it is no longer allowed */
export function handOutKindOf(handOut: HandOut, leftAs: string | null = null): HandOutKind {
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
  const signed = { actorKind, actorId, accountId, generation, scopes, fingerprint, key: serviceKeyId, leftAs }
  return { accountId, content: contentOfKind(signed), leftAs, row: JSON.stringify(row).slice(0, -1) }
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

/** The details of a hand-out, besides its receiver and its account. */
export const detailsOf = ({ scopes, fingerprint, key, leftAs }: Omit<KindContent, 'actorKind' | 'actorId'>) => ({
  scopes,
  fingerprint,
  key,
  ...(leftAs !== null && { spooled: true }),
})

/** The text of a kind that is signed with its place. */
export function contentOfKind(kind: KindContent): string {
  const { actorKind, actorId, accountId, generation } = kind
  const event = 'token.issued'
  return contentOf({ actorKind, actorId, actorName: null, event, accountId, generation, details: detailsOf(kind) })
}
