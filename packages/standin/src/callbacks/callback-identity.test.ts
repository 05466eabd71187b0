import { describe, expect, test } from 'vitest'
import {
  bindIdentity,
  type IdentityPolicy,
  identityDigest,
  identityTimes,
  readIdentity,
  readReleasedIdentity,
} from './callback-identity.ts'

const nowS = 1_800_000_000
const now = new Date(nowS * 1_000)
const day = 86_400

describe('when an identity was issued, and whether it has expired', () => {
  const maxAgeMs = 300_000
  test.each([
    ['iat and exp', { iat: nowS - 10, exp: nowS + 10 }, { issuedAt: nowS - 10, expired: false }],
    [
      'iat orders, whatever nbf and exp say',
      { iat: nowS - 10, nbf: nowS - 20, exp: nowS + 10 },
      { issuedAt: nowS - 10, expired: false },
    ],
    ['nbf orders where iat is missing', { nbf: nowS - 20, exp: nowS + 10 }, { issuedAt: nowS - 20, expired: false }],
    ['exp orders where it is alone', { exp: nowS + 10 }, { issuedAt: nowS + 10, expired: false }],
    ['iat alone, within its age', { iat: nowS - 300 }, { issuedAt: nowS - 300, expired: false }],
    ['iat alone, at the end of age and skew', { iat: nowS - 360 }, { issuedAt: nowS - 360, expired: false }],
    ['iat alone, beyond age and skew', { iat: nowS - 361 }, { issuedAt: nowS - 361, expired: true }],
    ['an old iat with a good exp', { iat: nowS - 5_000, exp: nowS + 1 }, { issuedAt: nowS - 5_000, expired: false }],
    ['a young iat with a past exp', { iat: nowS - 100, exp: nowS - 61 }, { issuedAt: nowS - 100, expired: true }],
    ['exp past, within the skew', { exp: nowS - 60 }, { issuedAt: nowS - 60, expired: false }],
    ['iat from the future, within the skew', { iat: nowS + 60 }, { issuedAt: nowS + 60, expired: false }],
    ['exp in a day and the skew', { exp: nowS + day + 60 }, { issuedAt: nowS + day + 60, expired: false }],
    ['zero as iat', { iat: 0, exp: nowS + 1 }, { issuedAt: 0, expired: false }],
  ])('%s', (_title, claims, { issuedAt, expired }) => {
    expect(identityTimes(claims, now, maxAgeMs)).toEqual({ issuedAt: new Date(issuedAt * 1_000), expired })
  })

  test.each([
    ['no time at all', {}],
    ['nbf alone: it never ends', { nbf: nowS }],
    ['iat from the future', { iat: nowS + 61, exp: nowS + 100 }],
    ['nbf from the future', { iat: nowS, nbf: nowS + 61, exp: nowS + 100 }],
    ['exp more than a day away', { iat: nowS, exp: nowS + day + 61 }],
  ])('is refused: %s', (_title, claims) => {
    expect(() => identityTimes(claims, now, maxAgeMs)).toThrow(expect.objectContaining({ reason: 'IDENTITY_INVALID' }))
  })
})

describe('invariant 4: whose identity it is', () => {
  const body = { irisAppId: '@acme/fleet', accountId: 'abcdef01-0000-0000-0000-00000000000f' }
  const other = 'abcdef01-0000-0000-0000-000000000000'
  const policy = { audience: undefined, ownHosts: ['standin.example:8443'] }
  const bind = (claims: Record<string, unknown>, audience?: string) =>
    bindIdentity({ claims }, body, { ...policy, audience })

  const accountNames = [
    ['the account as a claim', { accountId: body.accountId }],
    ['the account as a claim in capitals', { accountId: body.accountId.toUpperCase() }],
    ['the account as sub', { sub: body.accountId }],
    ['the account as sub in capitals', { sub: body.accountId.toUpperCase() }],
    ['the account as aud', { aud: body.accountId }],
  ] as const
  test.each(accountNames)('is bound by %s, with this app beside it', (_title, claims) => {
    expect(bind({ ...claims, irisAppId: body.irisAppId })).toBe(true)
  })

  test.each([
    ['both among several aud', { aud: ['x', body.accountId, body.irisAppId] }],
    ['the account as sub and the app as aud', { sub: body.accountId, aud: body.irisAppId }],
    ['the app as sub and the account as a claim', { sub: body.irisAppId, accountId: body.accountId }],
  ])('is bound by %s', (_title, claims) => {
    expect(bind(claims)).toBe(true)
  })

  test.each(accountNames)('is not bound by %s alone: it may be another app’s', (_title, claims) => {
    expect(bind(claims)).toBe(false)
  })

  test.each([
    ['a name', 'standin'],
    ['an address on another host', 'https://hooks.elsewhere.example/trackunit'],
    ['another app’s id', '@acme/other'],
    ['an id like an account’s', other],
  ])('is bound by the configured audience alone, even if it is %s', (_title, audience) => {
    expect(bind({ aud: audience }, audience)).toBe(true)
    expect(bind({ aud: ['https://evil.example/', audience] }, audience)).toBe(true)
  })

  test('a configured audience that matches does not outweigh a claim or a sub that names another account or app', () => {
    for (const claims of [{ accountId: other }, { irisAppId: '@acme/other' }, { sub: other }, { sub: '@evil/app' }])
      expect(() => bind({ ...claims, aud: 'standin' }, 'standin')).toThrow(
        expect.objectContaining({ reason: 'IDENTITY_MISMATCH' }),
      )
  })

  test.each([
    ['nothing', {}],
    ['this app as a claim', { irisAppId: body.irisAppId }],
    ['this app as aud and sub', { aud: body.irisAppId, sub: body.irisAppId }],
    ['our own address as aud', { aud: 'https://standin.example:8443/trackunit/callback/secret' }],
    ['an address of Trackunit’s', { aud: 'https://iris.trackunit.com/api/marketplace', sub: 'https://trackunit.com' }],
    ['other forms', { aud: 'marketplace', sub: 'service|42', iss: other }],
    ['what only resembles an app id or an account id', { aud: ['@acme', 'acme/fleet', '@a/b/c', `${other}0`] }],
    ['a sub that is no text', { sub: 42 }],
  ])('is accepted, but not bound, with %s', (_title, claims) => {
    expect(bind(claims)).toBe(false)
  })

  test.each([
    ['another account as a claim', { accountId: other }],
    ['an account claim that is no text', { accountId: [body.accountId] }],
    ['an empty account claim', { accountId: '', sub: body.accountId }],
    ['another app as a claim', { irisAppId: '@acme/other', accountId: body.accountId }],
    ['this app in other case', { irisAppId: '@ACME/fleet' }],
    ['another account as sub', { sub: other, accountId: body.accountId }],
    ['another account as aud', { aud: other }],
    ['another account beside this one', { aud: [body.accountId, other] }],
    ['another app as aud', { aud: '@evil/app' }],
    ['another app as sub', { sub: '@evil/app' }],
    ['another app beside this one', { aud: [body.irisAppId, '@evil/app'] }],
    ['an address elsewhere as aud', { aud: 'https://evil.example/trackunit/callback' }],
    ['an address elsewhere as sub', { sub: 'https://evil.example/' }],
    ['an address elsewhere in capitals', { aud: 'HTTPS://EVIL.EXAMPLE/' }],
    ['our host on another port', { aud: 'https://standin.example/trackunit/callback' }],
    ['our host as a user name', { aud: 'https://standin.example:8443@evil.example/' }],
    ['a host that ends like Trackunit’s', { aud: 'https://eviltrackunit.com/' }],
    ['a host that begins like Trackunit’s', { aud: 'https://iris.trackunit.com.evil.example/' }],
  ])('is refused with %s', (_title, claims) => {
    expect(() => bind(claims)).toThrow(expect.objectContaining({ reason: 'IDENTITY_MISMATCH' }))
  })
})

describe('the content of a verified identity', () => {
  const policy: Pick<IdentityPolicy, 'issuer' | 'audience' | 'maxAgeMs'> = {
    issuer: undefined,
    audience: undefined,
    maxAgeMs: 1,
  }
  const bytes = (claims: unknown) =>
    claims instanceof Uint8Array ? claims : new TextEncoder().encode(JSON.stringify(claims))
  const read = (claims: unknown, change: Partial<IdentityPolicy> = {}) =>
    readIdentity({ payload: bytes(claims), algorithm: 'ES256' }, now, { ...policy, ...change })
  const good = { iss: 'iris', aud: ['one', 'two'], iat: nowS, exp: nowS + 1 }
  const refuses = (reason: string) => expect.objectContaining({ reason })

  test('issuer and audience must match the settings exactly', () => {
    expect(read(good, { issuer: 'iris', audience: 'two' })).toMatchObject({
      expired: false,
      claimNames: ['aud', 'exp', 'iat', 'iss'],
      algorithm: 'ES256',
      issuer: 'iris',
      audiences: ['one', 'two'],
    })
    for (const change of [{ issuer: 'iri' }, { issuer: 'IRIS' }, { audience: 'tw' }, { audience: 'one,two' }])
      expect(() => read(good, change)).toThrow(refuses('IDENTITY_MISMATCH'))
    expect(() => read({ iat: nowS }, { issuer: 'iris' })).toThrow(refuses('IDENTITY_MISMATCH'))
    expect(() => read({ iat: nowS }, { audience: 'two' })).toThrow(refuses('IDENTITY_MISMATCH'))
  })

  test.each([
    ['no JSON', new TextEncoder().encode('{')],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['no object', [1]],
    ['a time as text', { ...good, iat: '1800000000' }],
    ['a negative time', { ...good, iat: -1 }],
    ['a time that no date holds', { ...good, exp: 1e300 }],
    ['an audience that is no text', { ...good, aud: { a: 1 } }],
  ])('it is refused when it holds %s', (_title, claims) => {
    expect(() => read(claims)).toThrow(refuses('IDENTITY_INVALID'))
  })

  test('the stored part is cut, and PostgreSQL can store it', () => {
    const { issuer, audiences, claimNames } = read({
      ...good,
      iss: `a\0${'x'.repeat(500)}`,
      aud: Array.from({ length: 9 }, () => '\ud800'),
      ['n'.repeat(500)]: 1,
    })
    expect([issuer?.length, issuer?.includes('\0'), audiences]).toEqual([200, false, Array(5).fill('\ufffd')])
    expect(Math.max(...claimNames.map((name) => name.length))).toBe(200)
    // Cut in the middle of a character, as JSON it would be refused by PostgreSQL, and the callback with it.
    expect(read({ ...good, iss: `${'x'.repeat(199)}😀` }).issuer).toBe(`${'x'.repeat(199)}\ufffd`)
  })

  test('a released one keeps its time unless it is in the future; without a time it has that of its arrival', () => {
    const released = (claims: unknown) => readReleasedIdentity({ payload: bytes(claims), algorithm: 'ES256' }, now)
    expect(released({ iat: nowS - 5 }).issuedAt).toEqual(new Date((nowS - 5) * 1_000))
    expect(released({ iat: nowS + 5_000 }).issuedAt).toEqual(new Date((nowS + 60) * 1_000))
    expect(released('no claims').issuedAt).toEqual(now)
  })
})

test('a JWT whose signature is encoded differently is the same JWT', () => {
  expect(identityDigest('head.claims.sign')).toBe(identityDigest('head.claims.other'))
  expect(identityDigest('head.claims.sign')).not.toBe(identityDigest('head.claim.sign'))
})
