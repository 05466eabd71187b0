import type { auditKindSchema } from '@standin/contracts'
import type { z } from 'zod'

export type AuditKind = z.infer<typeof auditKindSchema>

/**
 * Every event of the audit, as noun and past verb, with what it means to the account's people: the app read or gave out
 * data, changed something, or sent something; or access to the account changed.
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
  'callback.dismissed': 'access',
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
  'installation.named': 'access',
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

/** The events of these kinds; or, with `access`, which includes unknown events, those that are of other kinds. */
export function eventsOfKinds(kinds: readonly AuditKind[]): { among: AuditEvent[] } | { noneOf: AuditEvent[] } {
  const ofKinds = (wanted: boolean) => auditEvents.filter((event) => kinds.includes(kindOf(event)) === wanted)
  return kinds.includes('access') ? { noneOf: ofKinds(false) } : { among: ofKinds(true) }
}
