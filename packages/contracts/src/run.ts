import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { actionIdSchema } from './action.ts'
import { deliverToSchema } from './deliver-to.ts'
import { errorReasonSchema } from './error-reason-schema.ts'
import { messageSchema } from './message.ts'
import { momentSchema } from './moment.ts'
import { timeZoneSchema, unitSystemSchema } from './reader-habits.ts'

export const runIdSchema = z.guid().toLowerCase()
export const artifactIdSchema = z.guid().toLowerCase()

export const runStateSchema = z.enum(['queued', 'running', 'waiting', 'cancelling', 'succeeded', 'failed', 'cancelled'])
export type RunState = z.infer<typeof runStateSchema>

export const runProgressSchema = z.object({
  done: z.int().min(0),
  /** Null while it is not known how much there is. */
  total: z.int().min(0).nullable(),
  message: messageSchema,
  secondsLeft: z.int().min(0).nullable(),
})
export type RunProgress = z.infer<typeof runProgressSchema>

export const runStepSchema = z.object({
  name: messageSchema,
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  tookMs: z.int().nullable(),
})
export type RunStep = z.infer<typeof runStepSchema>

export const artifactSchema = z.object({
  id: artifactIdSchema,
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  /** When it is deleted: a setting of the server's, counted from the end of the run. */
  keptUntil: momentSchema,
})
export type Artifact = z.infer<typeof artifactSchema>

/** Where a result was sent, and how that ended. */
export const deliverySchema = z.object({
  id: z.string(),
  kind: z.enum(['email', 'webhook']),
  /** The address; of a web address only its host and path. */
  to: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  reason: errorReasonSchema.nullable(),
  attempts: z.int(),
  /** When it is tried (again), while it is waiting for that. */
  nextTryAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
})
export type Delivery = z.infer<typeof deliverySchema>

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
  /** While it is `waiting`; `reason` then says for what. */
  waitingUntil: momentSchema.nullable(),
  progress: runProgressSchema,
  steps: z.array(runStepSchema),
  /** The result in one sentence; written while it runs, final when the run has ended. */
  headline: messageSchema.nullable(),
  reason: errorReasonSchema.nullable(),
  attempts: z.int(),
  artifacts: z.array(artifactSchema),
  deliveries: z.array(deliverySchema),
  startedBy: actorSchema,
  /** Where its days begin, and how its files say times and measures; null where nobody said: UTC and metric. */
  timeZone: z.string().nullable(),
  unitSystem: unitSystemSchema.nullable(),
  scheduleId: z.guid().nullable(),
  /** Of an applied run: the preview whose changes it makes. */
  previewRunId: runIdSchema.nullable(),
  /** Of a repeated run: the one that it repeats. */
  retryOf: runIdSchema.nullable(),
  createdAt: momentSchema,
  startedAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
  /** The number of its last event: what the stream tells up to it is in here already. */
  lastSeq: z.int().min(0),
})
export type Run = z.infer<typeof runSchema>

/** The same key again is the same run; with another action or input it is `IDEMPOTENCY_KEY_REUSED`. */
export const idempotencyKeySchema = z.string().min(8).max(200)

export const startRunInputSchema = z.strictObject({
  accountId: accountIdSchema,
  actionId: actionIdSchema,
  input: z.record(z.string().max(100), z.unknown()),
  idempotencyKey: idempotencyKeySchema,
  mode: z.enum(['preview', 'apply']).default('apply'),
  /** The ended preview whose changes are made; an action that changes data is applied only with one. */
  previewRunId: runIdSchema.optional(),
  deliverTo: deliverToSchema.default([]),
  /** Of whoever reads the result. */
  timeZone: timeZoneSchema.optional(),
  unitSystem: unitSystemSchema.optional(),
})
export type StartRunInput = z.infer<typeof startRunInputSchema>
