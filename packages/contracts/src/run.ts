import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { actionIdSchema } from './action.ts'
import { deliverToSchema } from './deliver-to.ts'
import { errorReasonSchema } from './error-reason-schema.ts'
import { messageSchema } from './message.ts'
import { momentSchema } from './moment.ts'
import { accountNameSchema, languageSchema, timeZoneSchema, unitSystemSchema } from './reader-habits.ts'
import { lineSchema, textSchema } from './text.ts'

export const runIdSchema = z.guid().toLowerCase()
export const artifactIdSchema = z.guid().toLowerCase()

export const runStateSchema = z.enum(['queued', 'running', 'waiting', 'cancelling', 'succeeded', 'failed', 'cancelled'])
/** The state of a run. `succeeded`, `failed` and `cancelled` are final; `waiting` continues at `waitingUntil`. */
export type RunState = z.infer<typeof runStateSchema>

export const runProgressSchema = z.object({
  done: z.int().min(0),
  /** Null while the total is unknown. */
  total: z.int().min(0).nullable(),
  message: messageSchema,
  /**
   * Seconds of work that are left in all steps, without the wait until `waitingUntil` but with later waits for the same
   * limit; null while it is unknown.
   */
  secondsLeft: z.int().min(0).nullable(),
  /** The part of all steps that is done, from 0 to less than 1 while the run works; null while it is unknown. */
  share: z.number().min(0).max(1).nullable(),
})
/** How far a run is. `total` and `secondsLeft` are null while they are unknown. */
export type RunProgress = z.infer<typeof runProgressSchema>

export const runStepSchema = z.object({
  name: messageSchema,
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  tookMs: z.int().nullable(),
  /** What the action counts in this step, such as machines or pages; null in steps that count nothing. */
  counted: z.object({ done: z.int().min(0), total: z.int().min(0).nullable() }).nullable(),
  /** How often this step has waited for one of Trackunit's limits, and for how long each time; null for never. */
  waited: z.object({ times: z.int().min(1), everySeconds: z.int().min(1) }).nullable(),
})
export type RunStep = z.infer<typeof runStepSchema>

export const artifactSchema = z.object({
  id: artifactIdSchema,
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  /** When the file is deleted: a setting of the server, counted from the end of the run. */
  keptUntil: momentSchema,
})
/** A file that a run left. It can be downloaded from the end of the run until `keptUntil`. */
export type Artifact = z.infer<typeof artifactSchema>

/** A delivery of a result and its state. */
export const deliverySchema = z.object({
  id: z.string(),
  kind: z.enum(['email', 'webhook']),
  /** The email address, or the host of the web address. */
  to: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  reason: errorReasonSchema.nullable(),
  attempts: z.int(),
  /** When the next attempt is made, while it is waiting. */
  nextTryAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
})
/** One attempt, or several, to bring a result to a receiver. A failed one says why in `reason`. */
export type Delivery = z.infer<typeof deliverySchema>

/** A delivery that failed, with the run whose result it was. */
export const undeliveredSchema = z.object({
  runId: runIdSchema,
  actionId: z.string(),
  scheduleId: z.guid().nullable(),
  delivery: deliverySchema,
  /** Whether it may be sent there now: a receiver that was unconfirmed may have agreed since. */
  mayReceive: z.boolean(),
})
/** A delivery that failed for good, with the run whose result it was. */
export type Undelivered = z.infer<typeof undeliveredSchema>

/** Who started the run: an id and, if known, a name. */
export const actorSchema = z.object({
  kind: z.enum(['user', 'service', 'schedule', 'system']),
  id: z.string(),
  name: z.string().nullable(),
})

/** One of Trackunit's limits. */
export const requestLimitSchema = z.object({ requests: z.int().min(1), everySeconds: z.int().min(1) })

export const runSchema = z.object({
  id: runIdSchema,
  accountId: accountIdSchema,
  actionId: z.string(),
  mode: z.enum(['preview', 'apply']),
  input: z.record(z.string(), z.unknown()),
  state: runStateSchema,
  /** While it is `waiting`; `reason` says what for. */
  waitingUntil: momentSchema.nullable(),
  /** The limit of Trackunit that it waits for: so many requests in so many seconds; null if it is another wait, or unknown. */
  waitingFor: requestLimitSchema.nullable(),
  progress: runProgressSchema,
  /** All that the action declares, from the start; those that turn out not to be needed are left out. */
  steps: z.array(runStepSchema),
  /** The result in one sentence; final when the run has ended. */
  headline: messageSchema.nullable(),
  /** What its result leaves out because it could not be read, and why; null if the result is complete. */
  incomplete: messageSchema.nullable(),
  /** Why it failed, or waits. */
  reason: errorReasonSchema.nullable(),
  /** The same in the action's own words; null if there is no more to say than the reason. In development, any error's text. */
  failure: messageSchema.nullable(),
  attempts: z.int(),
  artifacts: z.array(artifactSchema),
  deliveries: z.array(deliverySchema),
  startedBy: actorSchema,
  /** The time zone, units and language of its files and emails; null is UTC, metric and English. */
  timeZone: z.string().nullable(),
  unitSystem: unitSystemSchema.nullable(),
  language: z.string().nullable(),
  scheduleId: z.guid().nullable(),
  /** For an applied run: the preview whose changes it makes. */
  previewRunId: runIdSchema.nullable(),
  /** Of the preview's rows, by their ids: those whose changes it does not make. */
  leaveOut: z.array(z.string()),
  /** For a repeated run: the run that it repeats. */
  retryOf: runIdSchema.nullable(),
  createdAt: momentSchema,
  startedAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
  /** The number of its last event: the events up to it are included here. */
  lastSeq: z.int().min(0),
})
/** A background run of an action on an account. It has ended when `endedAt` is set; then `reason` says why it failed. */
export type Run = z.infer<typeof runSchema>

/** The same key returns the same run; with another action or input it is `IDEMPOTENCY_KEY_REUSED`. */
export const idempotencyKeySchema = lineSchema(200).min(8)

export const startRunInputSchema = z.strictObject({
  accountId: accountIdSchema,
  actionId: actionIdSchema,
  input: z.record(lineSchema(100), z.unknown()),
  idempotencyKey: idempotencyKeySchema,
  mode: z.enum(['preview', 'apply']).default('apply'),
  /** The ended preview whose changes are made; required for an action that changes data. */
  previewRunId: runIdSchema.optional(),
  /** Rows of the preview, by their ids, whose changes are not made. A row that the preview does not have is refused. */
  leaveOut: z.array(textSchema(200)).max(500).optional(),
  deliverTo: deliverToSchema.default([]),
  /** The reader's habits. */
  timeZone: timeZoneSchema.optional(),
  unitSystem: unitSystemSchema.optional(),
  language: languageSchema.optional(),
  accountName: accountNameSchema.optional(),
})
export type StartRunInput = z.infer<typeof startRunInputSchema>
