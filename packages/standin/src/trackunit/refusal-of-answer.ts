import type { ExchangeFailure } from './failure-policy.ts'

/** Whatever the token endpoint answered, read as text. */
export interface EndpointAnswer {
  status: number
  headers: Headers
  text: string
}

/**
 * What each error code means, in OAuth's `error` or the `errorCode` of Okta's form. A code that does not stand here says
 * nothing about the credentials: they are too dear to be given up for a guess.
 *
 * @see RFC 6749 §5.2, §4.1.2.1
 */
const failuresByCode = new Map<unknown, ExchangeFailure>([
  ['invalid_client', 'invalid-client'],
  ['E0000004', 'invalid-client'], // Okta: authentication failed.
  ['invalid_scope', 'invalid-scope'],
  // Not documented: what a refusal because of the account's plan looks like is not known, and only such plain words are believed.
  ['plan_required', 'plan-required'],
  ['license_required', 'plan-required'],
  ['subscription_required', 'plan-required'],
  ['E0000047', 'rate-limited'], // Okta: too many requests.
  ['slow_down', 'rate-limited'],
  ['temporarily_unavailable', 'unavailable'],
  ['server_error', 'unavailable'],
])

/** Which of the closed failures an answer is that is no token. */
export function failureOfAnswer({ status, headers, text }: EndpointAnswer): ExchangeFailure {
  if (status === 429) return 'rate-limited'
  if (status >= 500 || status === 408) return 'unavailable'
  const failure = failuresByCode.get(codeIn(text))
  // 401 says that the client was not known: nothing was looked at beyond that, its scopes neither.
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
 * A challenge asks the client to authenticate, and so says that it did not; one with an error of another kind is about
 * something else, as a gateway in front of the endpoint would say it.
 */
function isClientChallenged(headers: Headers): boolean {
  const challenge = headers.get('www-authenticate')
  if (!challenge?.trim()) return false
  const [, error] = /\berror\s*=\s*"?([\w.-]+)/i.exec(challenge) ?? []
  return error === undefined || error === 'invalid_client'
}

/** A gateway's page, not the endpoint's answer. */
const isPage = (text: string) => /^\s*</.test(text)
