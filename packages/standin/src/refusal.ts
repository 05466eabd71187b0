import { type ErrorData, type ErrorReason, errorReasons } from '@standin/contracts'
import { z } from 'zod'
import { StandinError } from './standin-error.ts'

/** A refusal as REST, tRPC and callbacks answer it: everything that a client may see, and nothing else. */
export interface Refusal {
  reason: ErrorReason
  status: number
  message: string
  retryAfterMs?: number
  issues?: ErrorData['issues']
}

/** The names that tRPC and Fastify give to errors that occur before our own code runs. */
const reasonsByCode = new Map<string, ErrorReason>(
  Object.entries({
    PARSE_ERROR: 'INPUT_INVALID',
    BAD_REQUEST: 'INPUT_INVALID',
    NOT_FOUND: 'NOT_FOUND',
    METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
    PAYLOAD_TOO_LARGE: 'INPUT_TOO_LARGE',
    UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
    FST_ERR_CTP_BODY_TOO_LARGE: 'INPUT_TOO_LARGE',
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
    FST_ERR_CTP_EMPTY_JSON_BODY: 'INPUT_INVALID',
    FST_ERR_CTP_INVALID_JSON_BODY: 'INPUT_INVALID',
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INPUT_INVALID',
    FST_ERR_BAD_URL: 'NOT_FOUND',
    FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
  }),
)

/**
 * Codes of postgres.js, Node and PostgreSQL for temporary failures: unreachable, shutting down, out of disk, memory or
 * connections, read-only, or a transaction that was rolled back because of another one.
 */
const storageCodes =
  /^(CONNECT|CONNECTION)_|^ECONN|^EPIPE$|^ETIMEDOUT$|^E(HOST|NET)UNREACH$|^ENOTFOUND$|^EAI_AGAIN$|^57P0|^08|^53|^25006$|^40(001|P01)$/

/** When a caller may retry after a database outage, if nothing better is known. */
const storageAgainAfterMs = 2_000

/**
 * The only place where an error becomes an answer. Only our own errors show their text. Of a library's error only the code is
 * used, since messages contain SQL, parameters, claims and tokens.
 */
export function toRefusal(error: unknown): Refusal {
  for (const each of causes(error)) {
    if (each instanceof StandinError) return refusal(each.reason, each)
    if (each instanceof z.ZodError) return { ...refusal('INPUT_INVALID'), issues: describeIssues(each) }
  }
  const codes = causes(error).map((each) => ('code' in each && typeof each.code === 'string' ? each.code : ''))
  if (codes.some((code) => storageCodes.test(code))) return refusal('STORAGE_UNAVAILABLE')
  return refusal(reasonsByCode.get(codes[0] ?? '') ?? 'INTERNAL')
}

function refusal(
  reason: ErrorReason,
  { retryAfterMs, detail }: Partial<Pick<StandinError, 'retryAfterMs' | 'detail'>> = {},
): Refusal {
  const { http, message } = errorReasons[reason]
  const afterMs = retryAfterMs ?? (reason === 'STORAGE_UNAVAILABLE' ? storageAgainAfterMs : undefined)
  return {
    reason,
    status: http,
    message: detail ? `${message} ${detail}` : message,
    ...(afterMs !== undefined && { retryAfterMs: Math.ceil(afterMs) }),
  }
}

function causes(error: unknown): Error[] {
  const chain: Error[] = []
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each)
  return chain
}

/** The wrong fields, and what they should be. Paths are shortened, since an unknown key is text from outside. */
function describeIssues({ issues }: z.ZodError): NonNullable<ErrorData['issues']> {
  return issues
    .flatMap((issue) => (issue.code === 'unrecognized_keys' ? describeUnknown(issue) : [issue]))
    .slice(0, 20)
    .map(({ path, message }) => ({ path: path.map(String).join('.').slice(0, 100), message: message.slice(0, 200) }))
}

/** An unknown field is named only if its name looks like one: it could be a value in the wrong place. */
const describeUnknown = ({ path, keys }: z.core.$ZodIssueUnrecognizedKeys) =>
  keys.map((key) => ({
    path: /^[a-z]{1,40}$/i.test(key) ? [...path, key] : path,
    message: 'There is no such field here.',
  }))
