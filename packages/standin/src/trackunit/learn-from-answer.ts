import { z } from 'zod'
import type { Learnt } from './rate-budget.ts'
import { fingerprintOf, type LimitedRequest } from './rate-rules.ts'
import type { ApiAnswer } from './rest-answer.ts'
import { retryAfterOf } from './retry-after.ts'

const defaultPauseMs = 60_000
const longestMs = 3_600_000

const answerSchema = z.object({
  data: z
    .object({ rateLimit: z.object({ cost: z.number(), remaining: z.number(), resetIn: z.number() }).nullish() })
    .nullish(),
  errors: z
    .array(z.object({ extensions: z.object({ code: z.unknown(), resetIn: z.number().optional() }).optional() }))
    .nullish(),
})

/** What an answer shows about the limit of its request; undefined if it shows nothing. */
export function learnFromAnswer({ document }: LimitedRequest, answer: ApiAnswer, now: Date): Learnt | undefined {
  if (answer.status === 429) return { blockedForMs: retryAfterOf(answer.headers, now) ?? defaultPauseMs }
  if (document === undefined) return undefined
  const { data, errors } = parse(answer.text) ?? {}
  const limited = errors?.find(({ extensions }) => extensions?.code === 'RATE_LIMITED')
  if (limited) return { blockedForMs: atMostAnHour(limited.extensions?.resetIn ?? defaultPauseMs) }
  const isRefused = isRefusal(answer.status, errors) || (data ? false : undefined)
  if (!data?.rateLimit) return { isRefused } // Still news: requests that wait for this answer stop waiting.
  const { cost, remaining, resetIn } = data.rateLimit
  return { isRefused, points: { document: fingerprintOf(document), cost, remaining, resetInMs: atMostAnHour(resetIn) } }
}

/** Trackunit's answer for a plan without GraphQL is not documented: presumably that for a missing permission, or `PLAN_REQUIRED`. */
const isRefusal = (status: number, errors: z.infer<typeof answerSchema>['errors']) =>
  status === 403 || status === 404 || (errors ?? []).some(({ extensions }) => extensions?.code === 'PLAN_REQUIRED')

/** Windows are ten minutes long: an answer of days must not stop an account for days. */
const atMostAnHour = (ms: number) => Math.min(ms, longestMs)

function parse(text: string) {
  try {
    return answerSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
