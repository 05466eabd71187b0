import { z } from 'zod'
import { StandinError } from '../standin-error.ts'

export interface GraphqlAnswer<Data> {
  data: Data
  /** Errors came beside the data: some of it is missing. */
  isPartial: boolean
}

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({ extensions: z.object({ code: z.string().optional(), resetIn: z.number().optional() }).optional() }),
    )
    .optional(),
})

const longestWaitMs = 3_600_000

/** Data, whole or partial. @throws StandinError with the Trackunit reason where there is none */
export function understandGraphql<Data>(text: string): GraphqlAnswer<Data> {
  const { data, errors = [] } = parse(text)
  const limited = errors.find(({ extensions }) => extensions?.code === 'RATE_LIMITED')
  if (limited) {
    const resetInMs = limited.extensions?.resetIn ?? 60_000 // Milliseconds, as documented.
    throw new StandinError('TRACKUNIT_RATE_LIMITED', {
      retryAfterMs: Math.min(Math.max(resetInMs, 1_000), longestWaitMs),
    })
  }
  if (errors.some(({ extensions }) => extensions?.code === 'QUERY_COMPLEXITY_REACHED')) {
    throw new StandinError('TRACKUNIT_REFUSED', { detail: 'The query asks for too much at once.' })
  }
  if (!data) throw new StandinError('TRACKUNIT_REFUSED', { detail: 'It answered without data.' })
  return { data: data as Data, isPartial: errors.length > 0 }
}

function parse(text: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text))
  } catch {
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The answer was no GraphQL answer.' })
  }
}
