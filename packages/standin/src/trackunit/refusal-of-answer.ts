import type { ExchangeFailure } from './failure-policy.ts'

/** Any answer of the token endpoint, read as text. */
export interface EndpointAnswer {
  status: number
  headers: Headers
  text: string
}

/**
 * What each error code means, in OAuth's `error` or Okta's `errorCode`. A code that is not listed says nothing about the
 * credentials: they must not be given up on a guess.
 *
 * @see RFC 6749 §5.2, §4.1.2.1
 */
const failuresByCode = new Map<unknown, ExchangeFailure>([
  ['invalid_client', 'invalid-client'],
  ['E0000004', 'invalid-client'], // Okta: authentication failed.
  ['invalid_scope', 'invalid-scope'],
  // How Trackunit refuses because of the plan is not documented; only these unmistakable codes count.
  ['plan_required', 'plan-required'],
  ['license_required', 'plan-required'],
  ['subscription_required', 'plan-required'],
  ['E0000047', 'rate-limited'], // Okta: too many requests.
  ['slow_down', 'rate-limited'],
  ['temporarily_unavailable', 'unavailable'],
  ['server_error', 'unavailable'],
])

/** Which failure an answer without a token is. */
export function failureOfAnswer({ status, headers, text }: EndpointAnswer): ExchangeFailure {
  if (status === 429) return 'rate-limited'
  if (status >= 500 || status === 408) return 'unavailable'
  const failure = failuresByCode.get(codeIn(text))
  // 401 says that the client was not recognised, so its scopes have not been checked.
  if ((failure === 'invalid-scope' || failure === 'plan-required') && status === 401) return 'nonsense'
  if (failure) return failure
  return status === 401 && isClientChallenged(headers) && !isPage(text) ? 'invalid-client' : 'nonsense'
}

function codeIn(text: string): unknown {
  try {
    const body = JSON.parse(text)
    return body?.error ?? body?.errorCode
  } catch {
    return undefined
  }
}

/**
 * A challenge says that the client did not authenticate; one with another error is about something else, for example
 * from a gateway in front of the endpoint.
 */
function isClientChallenged(headers: Headers): boolean {
  const challenge = headers.get('www-authenticate')
  if (!challenge?.trim()) return false
  const [, error] = /\berror\s*=\s*"?([\w.-]+)/i.exec(challenge) ?? []
  return error === undefined || error === 'invalid_client'
}

/** A gateway's page, not the endpoint's answer. */
const isPage = (text: string) => /^\s*</.test(text)
