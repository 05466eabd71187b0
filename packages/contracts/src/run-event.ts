import { z } from 'zod'
import { errorReasonSchema } from './error-reason-schema.ts'
import { messageSchema } from './message.ts'
import { momentSchema } from './moment.ts'
import {
  artifactSchema,
  deliverySchema,
  requestLimitSchema,
  runProgressSchema,
  runStateSchema,
  runStepSchema,
} from './run.ts'

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ seq: z.int().min(1), at: momentSchema, type: z.literal(type), ...shape })

/** An event of a run. Events are numbered from 1 without gaps. The stream's event id is `seq`. */
export const runEventSchema = z.discriminatedUnion('type', [
  event('state', {
    state: runStateSchema,
    /** When the run continues, while it is `waiting`. */
    waitingUntil: momentSchema.nullable(),
    waitingFor: requestLimitSchema.nullable(),
    reason: errorReasonSchema.nullable(),
    /** As the run's; left out if there is none. */
    failure: messageSchema.nullish(),
    headline: messageSchema.nullable(),
  }),
  event('progress', { progress: runProgressSchema, steps: z.array(runStepSchema) }),
  event('log', { message: messageSchema }),
  event('artifact', { artifact: artifactSchema }),
  event('delivery', { delivery: deliverySchema }),
])
/** Something that happened in a run. Switch on `type`; remember `seq` to continue after it. */
export type RunEvent = z.infer<typeof runEventSchema>

/** The id of the last event that was received; the stream continues after it. */
export const lastEventIdSchema = z
  .string()
  .regex(/^\d{1,15}$/)
  .nullish()
