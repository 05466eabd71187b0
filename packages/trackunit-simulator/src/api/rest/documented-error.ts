/** [doc] The error of the REST APIs. */
export type DocumentedError = {
  status: number
  code: string
  message: string
  violations?: { field: string; message: string }[]
}

export function badRequest(field: string, message: string): DocumentedError {
  return { status: 400, code: 'BAD_REQUEST', message: 'The request is not valid.', violations: [{ field, message }] }
}

export function notFound(message: string): DocumentedError {
  return { status: 404, code: 'NOT_FOUND', message }
}

export function forbidden(): DocumentedError {
  return { status: 403, code: 'FORBIDDEN', message: 'The token lacks the scope.' }
}

/** A plan or a licence is missing; the words are ours. */
export function planRequired(): DocumentedError {
  return { status: 403, code: 'PLAN_REQUIRED', message: 'The account\u2019s plan does not include this.' }
}

export function tooManyRequests(): DocumentedError {
  return { status: 429, code: 'TOO_MANY_REQUESTS', message: 'Too many requests.' }
}
