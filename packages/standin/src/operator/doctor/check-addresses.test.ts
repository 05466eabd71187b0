import { expect, test } from 'vitest'
import { checkCallbackAddress, checkKeySet, checkTokenEndpoint } from './check-addresses.ts'

const url = 'https://trackunit.example/keys'

/** As `fetch` fails. */
const failing = (code: string) => ({
  fetch: async () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('secret detail'), { code }) })
  },
  clock: { now: () => new Date(0) },
  mustAnswer: true,
})

test.each([
  ['CERT_HAS_EXPIRED', 'has an expired certificate: renew it'],
  ['ENOTFOUND', 'does not answer (ENOTFOUND)'],
])('an address that fails with %s is reported with why', async (code, why) => {
  const findings = [
    ...(await checkKeySet(url, { check: 'keys', setting: 'TRACKUNIT_JWKS_URL' }, failing(code))),
    await checkTokenEndpoint(url, failing(code)),
    await checkCallbackAddress(url, 'https://standin.example/callback', failing(code)),
  ]
  for (const finding of findings) {
    expect(JSON.stringify(finding)).toContain(why)
    expect(JSON.stringify(finding)).not.toContain('secret detail')
  }
})
