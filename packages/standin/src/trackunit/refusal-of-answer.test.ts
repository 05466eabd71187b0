import { expect, test } from 'vitest'
import type { ExchangeFailure } from './failure-policy.ts'
import { failureOfAnswer } from './refusal-of-answer.ts'

const oauth = (error: unknown) => JSON.stringify({ error, error_description: 'words' })
const okta = (errorCode: string) => JSON.stringify({ errorCode, errorSummary: 'words', errorId: 'x', errorCauses: [] })
const html = '<!doctype html><html><body>Sign in</body></html>'
const basic = { 'www-authenticate': 'Basic realm="trackunit"' }
const bearer = (error: string) => ({ 'www-authenticate': `Bearer realm="x", error="${error}"` })

/** status, body, headers, and what it means. */
const table: Array<[number, string, Record<string, string>, ExchangeFailure]> = [
  [400, oauth('invalid_client'), {}, 'invalid-client'],
  [401, oauth('invalid_client'), {}, 'invalid-client'],
  [401, oauth('invalid_client'), basic, 'invalid-client'],
  [403, okta('invalid_client'), {}, 'invalid-client'],
  [401, okta('E0000004'), {}, 'invalid-client'],
  [401, okta('E0000004'), basic, 'invalid-client'],
  [401, '', basic, 'invalid-client'],
  [401, 'Unauthorized', basic, 'invalid-client'],
  [401, '{}', bearer('invalid_client'), 'invalid-client'],
  [400, oauth('invalid_scope'), {}, 'invalid-scope'],
  [400, okta('invalid_scope'), {}, 'invalid-scope'],
  [403, oauth('plan_required'), {}, 'plan-required'],
  [402, oauth('license_required'), {}, 'plan-required'],
  [403, okta('subscription_required'), {}, 'plan-required'],
  [429, html, {}, 'rate-limited'],
  [400, okta('E0000047'), {}, 'rate-limited'],
  [400, oauth('temporarily_unavailable'), {}, 'unavailable'],
  [408, '', {}, 'unavailable'],
  // From here on, the answers say nothing about the credentials.
  [500, oauth('invalid_client'), {}, 'unavailable'],
  [503, oauth('invalid_client'), basic, 'unavailable'],
  [401, oauth('invalid_scope'), basic, 'nonsense'],
  [401, oauth('plan_required'), basic, 'nonsense'],
  [402, '', {}, 'nonsense'],
  [401, html, basic, 'nonsense'],
  [401, ` \n${html}`, basic, 'nonsense'],
  [401, html, {}, 'nonsense'],
  [401, '', {}, 'nonsense'],
  [401, '{}', bearer('invalid_token'), 'nonsense'],
  [401, '', { 'www-authenticate': '' }, 'nonsense'],
  [403, '', basic, 'nonsense'],
  [400, oauth('unsupported_grant_type'), {}, 'nonsense'],
  [400, oauth('unauthorized_client'), {}, 'nonsense'],
  [403, oauth('access_denied'), {}, 'nonsense'],
  [400, oauth('INVALID_CLIENT'), {}, 'nonsense'],
  [400, oauth(['invalid_client']), {}, 'nonsense'],
  [400, oauth({ invalid_client: true }), {}, 'nonsense'],
  [400, '"invalid_client"', {}, 'nonsense'],
  [400, 'error=invalid_client', {}, 'nonsense'],
  [400, 'null', {}, 'nonsense'],
  [404, html, {}, 'nonsense'],
  [200, html, {}, 'nonsense'],
]

test.each(table)('%i %s with %j is %s', (status, text, headers, failure) => {
  expect(failureOfAnswer({ status, text, headers: new Headers(headers) })).toBe(failure)
})
