import { z } from 'zod'
import { momentSchema } from './moment.ts'

/** An entry of an account's audit log. */
export const auditKindSchema = z.enum(['read', 'changed', 'sent', 'access'])

/** Who acted: a person, a program, Trackunit, or Standin. */
export const auditActorKindSchema = z.enum(['trackunit', 'user', 'service', 'operator', 'schedule', 'system'])

export const auditEntrySchema = z.object({
  id: z.string(),
  at: momentSchema,
  actor: z.object({
    kind: auditActorKindSchema,
    id: z.string(),
    name: z.string().nullable(),
  }),
  /** Noun and past verb, such as `run.started`. */
  event: z.string(),
  kind: auditKindSchema,
  generation: z.int().nullable(),
  /** Names, ids, scopes, fingerprints. Never a secret, never a token. */
  details: z.record(z.string(), z.unknown()),
})
/** The number of entries; a lower bound if there are too many to count. */
export const auditTotalSchema = z.object({ entries: z.int().nonnegative(), isExact: z.boolean() })
/** The number of entries; a lower bound if `isExact` is false, because there are too many to count. */
export type AuditTotal = z.infer<typeof auditTotalSchema>

/** Something that happened on an account: what, when (ISO 8601 UTC), and who did it. */
export type ListedAuditEntry = z.infer<typeof auditEntrySchema>
