import type { ListedAuditEntry } from '@standin/contracts'

/** Which entries of the audit an operator asked for. */
export interface AuditFilter {
  /** An event, or the noun that it begins with. */
  event?: string
  /** A kind of actor, or the id or name of one. */
  by?: string
  key?: string
  reason?: string
  action?: string
  /** Whether tokens that left are listed. */
  tokens: boolean
}

type Asked = Pick<ListedAuditEntry, 'event' | 'actor' | 'details'>

export function isWanted({ event, actor, details }: Asked, filter: AuditFilter): boolean {
  const { by, key, reason, action } = filter
  // A run can have ten thousand of these: it says itself how many it made.
  if (isOf(event, 'change') && filter.event === undefined) return false
  return (
    (filter.event === undefined || isOf(event, filter.event)) &&
    (filter.tokens || event !== 'token.issued') &&
    (by === undefined || [actor.kind, actor.id, actor.name].includes(by)) &&
    (key === undefined || [details.key, details.replaces].includes(key)) &&
    (reason === undefined || details.reason === reason) &&
    (action === undefined || details.actionId === action)
  )
}

const isOf = (event: string, asked: string) => event === asked || event.startsWith(`${asked}.`)

/** Whether tokens that left can be among them: they are far more than all else, and have no reason and no action. */
export const mayBeTokens = ({ event, reason, action, tokens }: AuditFilter): boolean =>
  tokens && reason === undefined && action === undefined && (event === undefined || isOf('token.issued', event))

export const mayBeChanges = ({ event }: AuditFilter): boolean => event !== 'token' && event !== 'token.issued'
