import type { auditKindSchema } from '@standin/contracts'
import type { z } from 'zod'

export type AuditKind = z.infer<typeof auditKindSchema>

/**
 * All that is recorded, as noun and past verb, with what a person reads it as: an app that looked at data of the account
 * or gave some out, changed something, or sent something; or that access to the account changed or was asked about.
 */
const kindOfEvent = {
  'token.issued': 'read',
  'hand-out.set-aside': 'access',
  'run.started': 'read',
  'run.succeeded': 'read',
  'run.failed': 'read',
  'run.cancelled': 'read',
  'artifact.linked': 'read',
  'run.applied': 'changed',
  'run.changed': 'changed',
  'change.made': 'changed',
  'change.refused': 'changed',
  'change.unknown': 'changed',
  'schedule.created': 'changed',
  'schedule.updated': 'changed',
  'schedule.paused': 'changed',
  'schedule.resumed': 'changed',
  'schedule.deleted': 'changed',
  'schedule.left-out': 'changed',
  'schedule.end-announced': 'sent',
  'filter.saved': 'changed',
  'filter.deleted': 'changed',
  'delivery.sent': 'sent',
  'delivery.failed': 'sent',
  'delivery.resent': 'sent',
  'domain.trusted': 'access',
  'domain.distrusted': 'access',
  'receiver.asked': 'sent',
  'receiver.confirmed': 'access',
  'receiver.withdrawn': 'access',
  'receiver.removed': 'access',
  'signing-secret.shown': 'access',
  'callback.released': 'access',
  'callback.ignored': 'access',
  'credentials.received': 'access',
  'credentials.sent-again': 'access',
  'credentials.proven': 'access',
  'credentials.rejected': 'access',
  'credentials.quarantined': 'access',
  'credentials.superseded': 'access',
  'credentials.awaiting-approval': 'access',
  'credentials.approved': 'access',
  'credentials.declined': 'access',
  'credentials.released': 'access',
  'credentials.took-over': 'access',
  'credentials.rolled-back': 'access',
  'credentials.parked': 'access',
  'credentials.abandoned': 'access',
  'credentials.uninstalled': 'access',
  'installation.suspended': 'access',
  'installation.restored': 'access',
  'installation.paused': 'access',
  'installation.resumed': 'access',
  'installation.tried': 'access',
  'installation.uninstall-signalled': 'access',
  'installation.uninstall-expired': 'access',
  'installation.uninstall-dismissed': 'access',
  'installation.uninstalled': 'access',
  'installation.earlier-uninstalled': 'access',
  'service-key.created': 'access',
  'service-key.rotated': 'access',
  'service-key.revoked': 'access',
  'grant.set': 'access',
  'grant.removed': 'access',
  'database.restored': 'access',
  'console.opened': 'access',
  'console.closed': 'access',
} as const satisfies Record<string, AuditKind>

/** The events that can be recorded; one without a kind does not compile. */
export type AuditEvent = keyof typeof kindOfEvent

export const auditEvents = Object.keys(kindOfEvent) as AuditEvent[]

/** Rows outlive the version that wrote them. An event that is no longer known counts as one about access. */
export const kindOf = (event: string): AuditKind =>
  Object.hasOwn(kindOfEvent, event) ? kindOfEvent[event as AuditEvent] : 'access'

/** The same, asked the other way: which events are of these kinds, or which are not where unknown ones are meant too. */
export function eventsOfKinds(kinds: readonly AuditKind[]): { among: AuditEvent[] } | { noneOf: AuditEvent[] } {
  const ofKinds = (wanted: boolean) => auditEvents.filter((event) => kinds.includes(kindOf(event)) === wanted)
  return kinds.includes('access') ? { noneOf: ofKinds(false) } : { among: ofKinds(true) }
}
