import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { actionIdSchema } from './action.ts'
import { errorReasonSchema } from './error-reason-schema.ts'
import { momentSchema } from './moment.ts'

export const runIdSchema = z.guid().toLowerCase()
export const artifactIdSchema = z.guid().toLowerCase()

export const runStateSchema = z.enum(['queued', 'running', 'waiting', 'cancelling', 'succeeded', 'failed', 'cancelled'])
export type RunState = z.infer<typeof runStateSchema>

export const runProgressSchema = z.object({
  done: z.int().min(0),
  /** Null while it is not known how much there is. */
  total: z.int().min(0).nullable(),
  message: z.string(),
  secondsLeft: z.int().min(0).nullable(),
})
export type RunProgress = z.infer<typeof runProgressSchema>

export const runStepSchema = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  tookMs: z.int().nullable(),
})
export type RunStep = z.infer<typeof runStepSchema>

export const artifactSchema = z.object({
  id: artifactIdSchema,
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
})
export type Artifact = z.infer<typeof artifactSchema>

/** Where a result was sent, and how that ended. */
export const deliverySchema = z.object({
  to: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  reason: errorReasonSchema.nullable(),
})

/** Who started it: an identifier and, where it is known, a name to show. */
export const actorSchema = z.object({
  kind: z.enum(['user', 'service', 'schedule', 'system']),
  id: z.string(),
  name: z.string().nullable(),
})

export const runSchema = z.object({
  id: runIdSchema,
  accountId: accountIdSchema,
  actionId: z.string(),
  mode: z.enum(['preview', 'apply']),
  input: z.record(z.string(), z.unknown()),
  state: runStateSchema,
  waitingUntil: momentSchema.nullable(),
  progress: runProgressSchema,
  steps: z.array(runStepSchema),
  /** The result in one sentence; written while it runs, final when the run has ended. */
  headline: z.string().nullable(),
  reason: errorReasonSchema.nullable(),
  attempts: z.int(),
  artifacts: z.array(artifactSchema),
  deliveries: z.array(deliverySchema),
  startedBy: actorSchema,
  createdAt: momentSchema,
  startedAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
})
export type Run = z.infer<typeof runSchema>

export const startRunInputSchema = z.strictObject({
  accountId: accountIdSchema,
  actionId: actionIdSchema,
  input: z.record(z.string().max(100), z.unknown()),
  /** The same key again is the same run; with another action or input it is `IDEMPOTENCY_KEY_REUSED`. */
  idempotencyKey: z.string().min(8).max(200),
  mode: z.enum(['preview', 'apply']).default('apply'),
})
export type StartRunInput = z.infer<typeof startRunInputSchema>
