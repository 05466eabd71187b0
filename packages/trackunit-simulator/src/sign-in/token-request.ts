import type { Rule } from '../journal.ts'

export type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'plan_required'
  | 'unsupported_grant_type'

export type TokenRefusal = {
  type: 'refusal'
  status: 400 | 401
  error: TokenError
  description: string
  broken?: Rule
}

export type TokenRequest = { type: 'request'; clientId: string; clientSecret: string; scopes: string[] }

type Received = {
  query: URLSearchParams
  contentType: string | undefined
  authorization: string | undefined
  body: string
}

const known = ['grant_type', 'client_id', 'client_secret', 'scope']

/** Reads a request to `/apptoken` as strictly as its documentation describes it. Knows no clients. */
export function readTokenRequest({ query, contentType, authorization, body }: Received): TokenRequest | TokenRefusal {
  if (known.some((name) => query.has(name))) {
    return refusal('invalid_request', 'Parameters belong into the body.', 'secret-in-query')
  }
  if (authorization !== undefined) {
    return refusal('invalid_client', 'The client identifies itself in the body.', 'token-client-in-body')
  }
  if (mediaType(contentType) !== 'application/x-www-form-urlencoded') {
    return refusal('invalid_request', 'The body is not form-encoded.', 'token-content-type')
  }

  const form = new URLSearchParams(body)
  const repeated = known.find((name) => form.getAll(name).length > 1)
  if (repeated) return refusal('invalid_request', `${repeated} is there more than once.`, 'token-parameter-once')

  const grantType = form.get('grant_type')
  if (!grantType) return refusal('invalid_request', 'grant_type is missing.', 'token-grant-type')
  if (grantType !== 'client_credentials') {
    return refusal('unsupported_grant_type', 'Only client_credentials is supported.', 'token-grant-type')
  }

  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  if (!clientId || !clientSecret) {
    return refusal('invalid_client', 'client_id and client_secret are required.', 'token-client-in-body')
  }
  const scopes = [...new Set((form.get('scope') ?? '').split(' ').filter((scope) => scope !== ''))]
  return { type: 'request', clientId, clientSecret, scopes }
}

export function refusal(error: TokenError, description: string, broken?: Rule): TokenRefusal {
  const status = error === 'invalid_client' ? 401 : 400
  return { type: 'refusal', status, error, description, ...(broken ? { broken } : {}) }
}

function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase()
}
