import { errorReasons } from '@standin/contracts'
import { StandinClientError, type StandinClientErrorReason, type StandinIssue } from './standin-client-error.ts'

interface Problem {
  reason: StandinClientErrorReason
  detail: string
  retryAfterMs?: number
  requestId?: string
  issues?: StandinIssue[]
}

/** The error in an unexpected answer: a Standin server's problem, or another server's status. */
export async function refusalOf(answer: Response): Promise<StandinClientError> {
  const problem = (await answer.json().catch(() => undefined)) as Problem | undefined
  if (typeof problem?.reason === 'string') return new StandinClientError(problem.reason, problem.detail, problem)
  const afterS = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const details = Number.isFinite(afterS) ? { retryAfterMs: afterS * 1_000 } : {}
  if (answer.status === 429) return new StandinClientError('RATE_LIMITED', errorReasons.RATE_LIMITED.message, details)
  const message = `The answer, with HTTP status ${answer.status}, is not one of a Standin server. Check the address, and any proxy on the way.`
  return new StandinClientError('UNREACHABLE', message, details)
}
