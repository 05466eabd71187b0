import { z } from 'zod'
import { momentSchema } from './moment.ts'

/** What was done in an account, as a person reads it. */
export const auditKindSchema = z.enum(['read', 'changed', 'sent', 'access'])

/** What acts: a person, a program, Trackunit, or Standin by itself. */
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
/** How many entries there are; at least so many where there are too many to count them all. */
export const auditTotalSchema = z.object({ entries: z.int().nonnegative(), isExact: z.boolean() })
export type AuditTotal = z.infer<typeof auditTotalSchema>

export type ListedAuditEntry = z.infer<typeof auditEntrySchema>
