import type { auditKindSchema } from '@standin/contracts'
import type { z } from 'zod'

export type AuditKind = z.infer<typeof auditKindSchema>

/** What a person reads an event as. An event that is not named here is about access. */
const kindOfEvent: Readonly<Record<string, AuditKind>> = {
  'token.issued': 'read',
  'run.started': 'read',
  'run.cancelled': 'read',
  'run.ended': 'read',
  'run.applied': 'changed',
  'run.effect': 'changed',
  'schedule.created': 'changed',
  'schedule.updated': 'changed',
  'schedule.paused': 'changed',
  'schedule.resumed': 'changed',
  'schedule.deleted': 'changed',
  'schedule.left-out': 'changed',
  'filter.saved': 'changed',
  'filter.deleted': 'changed',
  'delivery.sent': 'sent',
  'delivery.failed': 'sent',
  'artifact.linked': 'read',
}

export const kindOf = (event: string): AuditKind => kindOfEvent[event] ?? 'access'

/** The same, asked the other way: which events are of these kinds, or which are not where the unnamed ones are meant too. */
export function eventsOfKinds(kinds: readonly AuditKind[]): { among: string[] } | { noneOf: string[] } {
  const ofKinds = (wanted: boolean) =>
    Object.keys(kindOfEvent).filter((event) => kinds.includes(kindOf(event)) === wanted)
  return kinds.includes('access') ? { noneOf: ofKinds(false) } : { among: ofKinds(true) }
}
