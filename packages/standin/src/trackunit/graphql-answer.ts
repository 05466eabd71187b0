import { z } from 'zod'
import { StandinError } from '../standin-error.ts'
import { type ApiAnswer, saidIn, understandStatus } from './rest-answer.ts'

export interface GraphqlAnswer<Data> {
  data: Data
  /** Errors came with the data: some of it is missing. */
  isPartial: boolean
}

/** Lenient: an error of an undocumented form must not cost the data beside it. */
const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z
        .object({ extensions: z.object({ code: z.unknown(), resetIn: z.number().optional().catch(undefined) }) })
        .catch({ extensions: { code: undefined, resetIn: undefined } }),
    )
    .nullish(),
})

const longestWaitMs = 3_600_000

/**
 * Data, whole or partial. The errors count before the status, since it is not documented which status they come with.
 * @throws StandinError with the Trackunit reason if there is no data
 */
export function understandGraphql<Data>(answer: ApiAnswer, now: Date): GraphqlAnswer<Data> {
  const read = parse(answer.text)
  const codes = new Map((read?.errors ?? []).map(({ extensions }) => [extensions.code, extensions]))
  if (codes.has('RATE_LIMITED')) {
    const resetInMs = codes.get('RATE_LIMITED')?.resetIn ?? 60_000 // Milliseconds, as documented.
    throw new StandinError('TRACKUNIT_RATE_LIMITED', {
      retryAfterMs: Math.min(Math.max(resetInMs, 1_000), longestWaitMs),
    })
  }
  if (codes.has('QUERY_COMPLEXITY_REACHED')) {
    throw new StandinError('TRACKUNIT_REFUSED', {
      detail: 'The query asks for too much at once.',
      cause: saidIn(answer.text),
    })
  }
  understandStatus(answer, now)
  if (!read) throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The answer was not a GraphQL response.' })
  if (!read.data)
    throw new StandinError('TRACKUNIT_REFUSED', { detail: 'It answered without data.', cause: saidIn(answer.text) })
  return { data: read.data as Data, isPartial: codes.size > 0 }
}

function parse(text: string): z.infer<typeof answerSchema> | undefined {
  try {
    return answerSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
