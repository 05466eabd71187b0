import { createHmac } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AttackField,
  type Attempt,
  appId,
  attacker,
  createAttackField,
  path,
  pathSecret,
  victim,
  wellVictim,
} from '../../test/attack-field.ts'
import { installed, prepareCallbackStacks, uninstalled } from '../../test/callback-stack.ts'
import { createSigningKey } from '../../test/signing-keys.ts'

/** What the attacker does, and the expected answer: a reason, the status of an applied callback, or an HTTP status. */
type Attack = [name: string, expected: string | number, attempt: (field: AttackField) => Attempt | Promise<Attempt>]

const base64url = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
/** The attacker's credentials for the victim's account, which each attack tries to bring in. */
const evil = (change: Record<string, unknown> = {}) => installed('attacker-client-2', change)
const evilText = JSON.stringify(evil())
const withIdentity = (identity: string | undefined, body: unknown = evil()): Attempt => ({
  headers: { 'trackunit-identity': identity },
  body,
})
/** The claims of an identity that is bound to the victim. */
const ofVictim = { accountId: victim, irisAppId: appId }

/** A header and claims of the attacker's choice, unsigned. */
const unsigned = (header: unknown, { nowS }: AttackField, signature = '') =>
  `${base64url(header)}.${base64url({ iat: nowS(), exp: nowS() + 60, ...ofVictim })}.${signature}`
const forged =
  (header: Record<string, unknown>): Attack[2] =>
  async ({ forger, nowS }) =>
    withIdentity(await forger.sign({ iat: nowS(), exp: nowS() + 60, ...ofVictim }, header))
/** Trackunit's own JWT for another account, with a body about the victim. */
const wrapped =
  (claims: Record<string, unknown>, body: unknown = evil()): Attack[2] =>
  async ({ genuine }) =>
    withIdentity(await genuine(claims), body)
const resigned =
  (change: (parts: string[], field: AttackField) => string): Attack[2] =>
  async (field) =>
    withIdentity(change((await field.genuine(ofVictim)).split('.'), field))

const jose: Attack[] = [
  ['no identity', 'IDENTITY_MISSING', () => withIdentity(undefined)],
  ['an empty identity', 'IDENTITY_MISSING', () => withIdentity('')],
  ['an identity that is no JWT', 'IDENTITY_INVALID', () => withIdentity('trust me')],
  ['alg none', 'IDENTITY_INVALID', (field) => withIdentity(unsigned({ alg: 'none' }, field))],
  ['alg nOnE with a signature', 'IDENTITY_INVALID', (field) => withIdentity(unsigned({ alg: 'nOnE' }, field, 'c2ln'))],
  [
    'alg none around a genuine signature',
    'IDENTITY_INVALID',
    resigned(([, payload, signature]) => `${base64url({ alg: 'none' })}.${payload}.${signature}`),
  ],
  ['no alg', 'IDENTITY_INVALID', (field) => withIdentity(unsigned({ kid: 'marketplace-1' }, field, 'c2ln'))],
  [
    'alg as a list',
    'IDENTITY_INVALID',
    (field) => withIdentity(unsigned({ alg: ['ES256'], kid: 'marketplace-1' }, field, 'c2ln')),
  ],
  [
    'alg in full-width letters',
    'IDENTITY_INVALID',
    (field) => withIdentity(unsigned({ alg: 'ＥＳ２５６', kid: 'marketplace-1' }, field, 'c2ln')),
  ],
  [
    'HS256 with the published key as its secret',
    'IDENTITY_INVALID',
    (field) => {
      const input = unsigned({ alg: 'HS256', kid: 'marketplace-1' }, field).slice(0, -1)
      const mac = createHmac('sha256', JSON.stringify(field.marketplace.jwk)).update(input).digest('base64url')
      return withIdentity(`${input}.${mac}`)
    },
  ],
  [
    'ES384 for a key of ES256',
    'IDENTITY_INVALID',
    resigned(
      ([, payload, signature]) => `${base64url({ alg: 'ES384', kid: 'marketplace-1' })}.${payload}.${signature}`,
    ),
  ],
  [
    'RS256 for a key of ES256',
    'IDENTITY_INVALID',
    resigned(
      ([, payload, signature]) => `${base64url({ alg: 'RS256', kid: 'marketplace-1' })}.${payload}.${signature}`,
    ),
  ],
  ['another key under a known id', 'IDENTITY_INVALID', forged({})],
  ['a key in the header', 'IDENTITY_INVALID', async (field) => forged({ jwk: field.forger.jwk })(field)],
  ['an address of keys in the header', 'IDENTITY_INVALID', forged({ jku: 'https://evil.example/jwks' })],
  ['an address of certificates in the header', 'IDENTITY_INVALID', forged({ x5u: 'https://evil.example/x5u' })],
  ['certificates in the header', 'IDENTITY_INVALID', forged({ x5c: ['MIIB'] })],
  [
    'crit in a genuine header',
    'IDENTITY_INVALID',
    resigned(
      ([, payload, signature]) =>
        `${base64url({ alg: 'ES256', kid: 'marketplace-1', crit: ['exp'] })}.${payload}.${signature}`,
    ),
  ],
  [
    'b64 false',
    'IDENTITY_INVALID',
    resigned(
      ([, payload, signature]) =>
        `${base64url({ alg: 'ES256', kid: 'marketplace-1', b64: false })}.${payload}.${signature}`,
    ),
  ],
  ['a key id that is a path', 'IDENTITY_INVALID', forged({ kid: '../../../../dev/null' })],
  ['a key id that is SQL', 'IDENTITY_INVALID', forged({ kid: "x' union select 'key' --" })],
  ['a key id that is an address', 'IDENTITY_INVALID', forged({ kid: 'https://evil.example/jwks#1' })],
  ['a key id with NUL', 'IDENTITY_INVALID', forged({ kid: 'marketplace-1\0' })],
  ['a key id of the prototype', 'IDENTITY_INVALID', forged({ kid: '__proto__' })],
  ['a key id that is a number', 'IDENTITY_INVALID', forged({ kid: 1 })],
  ['no key id, so that any key is tried', 'IDENTITY_INVALID', forged({ kid: undefined })],
  [
    'a signature of zeros',
    'IDENTITY_INVALID',
    resigned(([header, payload]) => `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`),
  ],
  [
    'a signature of all ones',
    'IDENTITY_INVALID',
    resigned(([header, payload]) => `${header}.${payload}.${Buffer.alloc(64, 255).toString('base64url')}`),
  ],
  [
    'a signature cut short',
    'IDENTITY_INVALID',
    resigned(([header, payload, signature]) => `${header}.${payload}.${signature?.slice(0, 40)}`),
  ],
  ['a signature with more behind it', 'IDENTITY_INVALID', resigned((parts) => `${parts.join('.')}AAAA`)],
  ['an empty signature', 'IDENTITY_INVALID', resigned(([header, payload]) => `${header}.${payload}.`)],
  [
    'other claims under a genuine signature',
    'IDENTITY_INVALID',
    resigned(
      ([header, , signature], { nowS }) =>
        `${header}.${base64url({ iat: nowS(), exp: nowS() + 9, ...ofVictim })}.${signature}`,
    ),
  ],
  [
    'one bit of the claims changed',
    'IDENTITY_INVALID',
    resigned(
      ([header, payload = '', signature]) =>
        `${header}.${payload.startsWith('eyJh') ? 'eyJg' : 'eyJh'}${payload.slice(4)}.${signature}`,
    ),
  ],
  ['two JWTs in one header', 'IDENTITY_INVALID', resigned((parts) => `${parts.join('.')}, ${parts.join('.')}`)],
  ['a JWT as Bearer', 'IDENTITY_INVALID', resigned((parts) => `Bearer ${parts.join('.')}`)],
  [
    'base64 with padding',
    'IDENTITY_INVALID',
    resigned(([header, payload, signature]) => `${header}=.${payload}.${signature}`),
  ],
  [
    'five parts, as of encryption',
    'IDENTITY_INVALID',
    resigned(([header, payload, signature]) => `${header}.${payload}.${signature}.AA.AA`),
  ],
  [
    'a JWS as JSON',
    'IDENTITY_INVALID',
    resigned(([header, payload, signature]) => JSON.stringify({ protected: header, payload, signature })),
  ],
  ['a header that is a list', 'IDENTITY_INVALID', (field) => withIdentity(unsigned([{ alg: 'ES256' }], field, 'c2ln'))],
  [
    'a header with alg twice',
    'IDENTITY_INVALID',
    (field) => withIdentity(unsigned('{"alg":"ES256","alg":"none","kid":"marketplace-1"}', field, 'c2ln')),
  ],
  ['nine thousand characters', 'IDENTITY_INVALID', resigned((parts) => `${parts.join('.')}${'A'.repeat(9_000)}`)],
  [
    'a JWT that Manager gave a user',
    'IDENTITY_INVALID',
    async ({ nowS }) =>
      withIdentity(await (await createSigningKey('user-tokens')).sign({ iat: nowS(), exp: nowS() + 60, ...ofVictim })),
  ],
]

const claims: Attack[] = [
  ['no time at all', 'IDENTITY_INVALID', wrapped({ iat: undefined, exp: undefined })],
  [
    'nbf alone, which never ends',
    'IDENTITY_INVALID',
    async ({ genuine, nowS }) => withIdentity(await genuine({ iat: undefined, exp: undefined, nbf: nowS() })),
  ],
  [
    'an expired one',
    'IDENTITY_EXPIRED',
    async ({ genuine, nowS }) => withIdentity(await genuine({ iat: nowS() - 900, exp: nowS() - 300 })),
  ],
  [
    'an old one without an end',
    'IDENTITY_EXPIRED',
    async ({ genuine, nowS }) => withIdentity(await genuine({ iat: nowS() - 900, exp: undefined })),
  ],
  [
    'one from tomorrow',
    'IDENTITY_INVALID',
    async ({ genuine, nowS }) => withIdentity(await genuine({ iat: nowS() + 86_000, exp: nowS() + 86_300 })),
  ],
  [
    'one that is not yet good',
    'IDENTITY_INVALID',
    async ({ genuine, nowS }) => withIdentity(await genuine({ nbf: nowS() + 3_600 })),
  ],
  [
    'one that is good for a year',
    'IDENTITY_INVALID',
    async ({ genuine, nowS }) => withIdentity(await genuine({ exp: nowS() + 31_000_000 })),
  ],
  ['an end as text', 'IDENTITY_INVALID', wrapped({ exp: '9999999999' })],
  ['an end that no date holds', 'IDENTITY_INVALID', wrapped({ exp: 1e300 })],
  ['a negative time', 'IDENTITY_INVALID', wrapped({ iat: -1 })],
  ['an audience that is a number', 'IDENTITY_INVALID', wrapped({ aud: 42 })],
  ['a list of thousands of audiences', 'IDENTITY_INVALID', wrapped({ aud: Array.from({ length: 1_000 }, () => 'a') })],
  ['claims that are a list', 'IDENTITY_INVALID', async ({ marketplace }) => withIdentity(await marketplace.sign([]))],
  [
    'claims that are nothing',
    'IDENTITY_INVALID',
    async ({ marketplace }) => withIdentity(await marketplace.sign('null')),
  ],
]

const crossing: Attack[] = [
  ['the JWT of the attacker’s app, by its claim', 'IDENTITY_MISMATCH', wrapped({ irisAppId: '@evil/app' })],
  ['the JWT of the attacker’s account, by its claim', 'IDENTITY_MISMATCH', wrapped({ accountId: attacker })],
  ['the attacker’s app as audience', 'IDENTITY_MISMATCH', wrapped({ aud: '@evil/app' })],
  [
    'this app and the attacker’s as audience',
    'IDENTITY_MISMATCH',
    wrapped({ aud: [appId, '@evil/app'], accountId: victim }),
  ],
  ['the attacker’s account as subject', 'IDENTITY_MISMATCH', wrapped({ sub: attacker })],
  [
    'the attacker’s account as subject beside the victim’s claim',
    'IDENTITY_MISMATCH',
    wrapped({ sub: attacker, accountId: victim }),
  ],
  ['the attacker’s server as audience', 'IDENTITY_MISMATCH', wrapped({ aud: 'https://evil.example/callback' })],
  ['the attacker’s server in capitals', 'IDENTITY_MISMATCH', wrapped({ aud: 'HTTPS://EVIL.EXAMPLE/callback' })],
  [
    'the attacker’s server with ours as its user',
    'IDENTITY_MISMATCH',
    wrapped({ aud: 'https://standin.example@evil.example/' }),
  ],
  [
    'the attacker’s server under our name',
    'IDENTITY_MISMATCH',
    wrapped({ aud: 'https://standin.example.evil.example/' }),
  ],
  [
    'the attacker’s server under Trackunit’s name',
    'IDENTITY_MISMATCH',
    wrapped({ aud: 'https://trackunit.com.evil.example/' }),
  ],
  ['an account claim that is a list', 'IDENTITY_MISMATCH', wrapped({ accountId: [victim] })],
  ['an account claim with a space', 'IDENTITY_MISMATCH', wrapped({ accountId: `${victim} ` })],
  ['an account claim that is nothing', 'IDENTITY_MISMATCH', wrapped({ accountId: null })],
  ['this app’s claim in other letters', 'IDENTITY_MISMATCH', wrapped({ irisAppId: appId.toUpperCase() })],
  ['a body of the attacker’s app', 'IRIS_APP_UNKNOWN', wrapped({}, evil({ irisAppId: '@evil/app' }))],
  ['a body of this app in capitals', 'IRIS_APP_UNKNOWN', wrapped({}, evil({ irisAppId: appId.toUpperCase() }))],
  [
    'a body of this app with a Cyrillic letter',
    'IRIS_APP_UNKNOWN',
    wrapped({}, evil({ irisAppId: appId.replace('a', 'а') })),
  ],
  ['a body of this app with a space', 'IRIS_APP_UNKNOWN', wrapped({}, evil({ irisAppId: `${appId} ` }))],
  [
    'the victim’s JWT around the attacker’s account',
    'IDENTITY_MISMATCH',
    ({ captured }) => withIdentity(captured.identity, evil({ accountId: attacker })),
  ],
  ['a JWT that names no account, with a working client of the attacker’s', 'accepted', wrapped({})],
  [
    'the same, with the client that serves the attacker’s account',
    'accepted',
    wrapped({}, installed('attacker-client')),
  ],
  [
    'the same, with the victim’s client and another secret',
    'accepted',
    wrapped({}, installed('victim-client', { clientSecret: 's3cr3t-wrong' })),
  ],
  [
    'the same, with fields that look like ours',
    'accepted',
    wrapped({}, installed('attacker-client-3', { state: 'active', bound: true, generation: 99 })),
  ],
]

const replays: Attack[] = [
  ['the victim’s own callback again', 'duplicate', ({ captured }) => withIdentity(captured.identity, captured.body)],
  [
    'the same an hour later, in capitals',
    'duplicate',
    ({ captured }) => withIdentity(captured.identity, { ...captured.body, accountId: victim.toUpperCase() }),
  ],
  [
    'the same with another signature’s spelling',
    'duplicate',
    ({ captured }) => withIdentity(captured.identity, { ...captured.body, region: 'eu' }),
  ],
  [
    'an older genuine callback of the victim',
    'superseded',
    async ({ genuine, nowS }) =>
      withIdentity(await genuine({ iat: nowS() - 70_000, ...ofVictim }), installed('victim-older-client')),
  ],
]

const uninstalls: Attack[] = [
  ['an unsigned UNINSTALLED', 'IDENTITY_MISSING', () => withIdentity(undefined, uninstalled())],
  [
    'a forged UNINSTALLED',
    'IDENTITY_INVALID',
    async ({ forger, nowS }) =>
      withIdentity(await forger.sign({ iat: nowS(), exp: nowS() + 60, ...ofVictim }), uninstalled()),
  ],
  ['an UNINSTALLED under the attacker’s JWT', 'IDENTITY_MISMATCH', wrapped({ accountId: attacker }, uninstalled())],
  [
    'an expired UNINSTALLED of the victim',
    'IDENTITY_EXPIRED',
    async ({ genuine, nowS }) =>
      withIdentity(await genuine({ iat: nowS() - 900, exp: nowS() - 300, ...ofVictim }), uninstalled()),
  ],
  ['an UNINSTALLED under a JWT that names no account', 'accepted', wrapped({}, uninstalled())],
  ['the same again, later', 'accepted', wrapped({}, uninstalled())],
  ['an UNINSTALLED under another app’s JWT for the victim', 'accepted', wrapped({ accountId: victim }, uninstalled())],
  [
    'an UNINSTALLED of before the victim’s install',
    'superseded',
    async ({ genuine, nowS }) => withIdentity(await genuine({ iat: nowS() - 70_000, ...ofVictim }), uninstalled()),
  ],
  ['uninstalled in small letters', 'ignored', wrapped({}, uninstalled({ type: 'uninstalled' }))],
  ['an UNINSTALLED with a space', 'ignored', wrapped({}, uninstalled({ type: 'UNINSTALLED ' }))],
  ['a type as a list', 'CALLBACK_MALFORMED', wrapped({}, uninstalled({ type: ['UNINSTALLED'] }))],
]

const texts: Attack[] = [
  ['a key __proto__', 'CALLBACK_MALFORMED', wrapped({}, `{"__proto__":{"bound":true},${evilText.slice(1)}`)],
  ['the same, escaped', 'CALLBACK_MALFORMED', wrapped({}, `{"\\u005f_proto__":{"bound":true},${evilText.slice(1)}`)],
  ['the same, deep inside', 'CALLBACK_MALFORMED', wrapped({}, evilText.replace('{', '{"a":[{"b":{"__proto__":1}}],'))],
  [
    'a constructor with a prototype',
    'CALLBACK_MALFORMED',
    wrapped({}, `{"constructor":{"prototype":{}},${evilText.slice(1)}`),
  ],
  [
    'the account twice, the attacker’s first',
    'IDENTITY_MISMATCH',
    wrapped({ accountId: attacker }, `{"accountId":"${attacker}",${evilText.slice(1)}`),
  ],
  ['a list', 'CALLBACK_MALFORMED', wrapped({}, [evil()])],
  ['nothing', 'CALLBACK_MALFORMED', wrapped({}, 'null')],
  ['no body', 'CALLBACK_MALFORMED', wrapped({}, '')],
  ['an open end', 'CALLBACK_MALFORMED', wrapped({}, evilText.slice(0, -1))],
  ['a comment', 'CALLBACK_MALFORMED', wrapped({}, `/**/${evilText}`)],
  ['a comma too much', 'CALLBACK_MALFORMED', wrapped({}, `${evilText.slice(0, -1)},}`)],
  ['two bodies', 'CALLBACK_MALFORMED', wrapped({}, evilText + evilText)],
  ['single quotes', 'CALLBACK_MALFORMED', wrapped({}, evilText.replaceAll('"', "'"))],
  ['eight thousand brackets', 'CALLBACK_MALFORMED', wrapped({}, '['.repeat(8_000) + ']'.repeat(8_000))],
  ['UTF-16', 'CALLBACK_MALFORMED', wrapped({}, Buffer.from(evilText, 'utf16le'))],
  [
    'bytes that are no UTF-8',
    'CALLBACK_MALFORMED',
    wrapped({}, Buffer.from(evilText.replace('s3cr3t', 's\u00ffcret'), 'latin1')),
  ],
  [
    'an overlong quotation mark',
    'CALLBACK_MALFORMED',
    wrapped({}, Buffer.concat([Buffer.from('{"type":'), Buffer.from([0xc0, 0xa2])])),
  ],
  ['half a character in the secret', 'CALLBACK_MALFORMED', wrapped({}, evilText.replace('s3cr3t', '\\ud800'))],
  ['NUL in the secret', 'CALLBACK_MALFORMED', wrapped({}, evilText.replace('s3cr3t', '\\u0000'))],
  ['NUL in the client id', 'CALLBACK_MALFORMED', wrapped({}, evil({ clientId: 'a\0b' }))],
  ['an empty secret', 'CALLBACK_MALFORMED', wrapped({}, evil({ clientSecret: '' }))],
  ['a secret of two thousand characters', 'CALLBACK_MALFORMED', wrapped({}, evil({ clientSecret: 's'.repeat(2_000) }))],
  ['a client id that is a query', 'CALLBACK_MALFORMED', wrapped({}, evil({ clientId: { $ne: null } }))],
  ['an account id that is SQL', 'CALLBACK_MALFORMED', wrapped({}, evil({ accountId: "' or 1=1 --" }))],
  ['an account id in braces', 'CALLBACK_MALFORMED', wrapped({}, evil({ accountId: `{${victim}}` }))],
  [
    'an account id in full-width digits',
    'CALLBACK_MALFORMED',
    wrapped({}, evil({ accountId: victim.replaceAll('1', '１') })),
  ],
  ['an account id with a line break', 'CALLBACK_MALFORMED', wrapped({}, evil({ accountId: `${victim}\n` }))],
]

const own = async ({ genuine }: AttackField) => ({ 'trackunit-identity': await genuine({}) })
const typed =
  (type: string | undefined, body: unknown = evil()): Attack[2] =>
  async (field) => ({
    headers: { ...(await own(field)), 'content-type': type },
    body,
  })
const by =
  (method: NonNullable<Attempt['method']>): Attack[2] =>
  async (field) => ({ method, headers: await own(field), body: evil() })
const at =
  (url: string): Attack[2] =>
  async (field) => ({ url, headers: await own(field), body: evil() })
const raw =
  (lines: (identity: string) => string[], body = evilText): Attack[2] =>
  async ({ genuine }) => ({
    bytes: [...lines(await genuine({})), '', body].join('\r\n'),
  })
const post = (identity: string, target = path) => [
  `POST ${target} HTTP/1.1`,
  'host: standin.example',
  'connection: close',
  'content-type: application/json',
  `trackunit-identity: ${identity}`,
]
const size = `content-length: ${evilText.length}`

const http: Attack[] = [
  ['GET', 'METHOD_NOT_ALLOWED', by('GET')],
  ['PUT', 'METHOD_NOT_ALLOWED', by('PUT')],
  ['PATCH', 'METHOD_NOT_ALLOWED', by('PATCH')],
  ['DELETE', 'METHOD_NOT_ALLOWED', by('DELETE')],
  ['OPTIONS that asks for nothing', 400, by('OPTIONS')],
  [
    'GET that says it is POST',
    'METHOD_NOT_ALLOWED',
    async (field) => ({ method: 'GET', headers: { ...(await own(field)), 'x-http-method-override': 'POST' } }),
  ],
  ['a form', 'UNSUPPORTED_MEDIA_TYPE', typed('application/x-www-form-urlencoded', 'type=INSTALLED')],
  ['plain text', 'UNSUPPORTED_MEDIA_TYPE', typed('text/plain')],
  ['no media type', 'UNSUPPORTED_MEDIA_TYPE', typed(undefined)],
  [
    'XML',
    'UNSUPPORTED_MEDIA_TYPE',
    typed('application/xml', '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'),
  ],
  ['parts', 'UNSUPPORTED_MEDIA_TYPE', typed('multipart/form-data; boundary=x')],
  ['JSON in UTF-16, as it says', 'UNSUPPORTED_MEDIA_TYPE', typed('application/json; charset=utf-16')],
  ['JSON of another kind', 'UNSUPPORTED_MEDIA_TYPE', typed('application/jsonp')],
  ['two media types', 'UNSUPPORTED_MEDIA_TYPE', typed('text/plain, application/json')],
  [
    'gzip',
    'UNSUPPORTED_MEDIA_TYPE',
    async (field) => ({ headers: { ...(await own(field)), 'content-encoding': 'gzip' }, body: gzipSync(evilText) }),
  ],
  [
    'Brotli',
    'UNSUPPORTED_MEDIA_TYPE',
    async (field) => ({
      headers: { ...(await own(field)), 'content-encoding': 'br' },
      body: brotliCompressSync(evilText),
    }),
  ],
  [
    'a bomb of a thousand to one',
    'UNSUPPORTED_MEDIA_TYPE',
    async (field) => ({
      headers: { ...(await own(field)), 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(10_000_000)),
    }),
  ],
  [
    'seventeen thousand bytes',
    'INPUT_TOO_LARGE',
    async (field) => ({ headers: await own(field), body: `${evilText.slice(0, -1)},"x":"${'x'.repeat(17_000)}"}` }),
  ],
  [
    'the identity in the query',
    'IDENTITY_MISSING',
    async ({ genuine }) => ({ url: `${path}?trackunit-identity=${await genuine({})}`, body: evil() }),
  ],
  [
    'the identity as a cookie',
    'IDENTITY_MISSING',
    async ({ genuine }) => ({ headers: { cookie: `trackunit-identity=${await genuine({})}` }, body: evil() }),
  ],
  [
    'the identity as Authorization',
    'IDENTITY_MISSING',
    async ({ genuine }) => ({ headers: { authorization: `Bearer ${await genuine({})}` }, body: evil() }),
  ],
  [
    'the identity in a header that only looks like it',
    'IDENTITY_MISSING',
    async ({ genuine }) => ({ headers: { trackunit_identity: await genuine({}) }, body: evil() }),
  ],
  ['no path secret', 'NOT_FOUND', at('/trackunit/callback')],
  ['an empty path secret', 'NOT_FOUND', at('/trackunit/callback/')],
  ['another path secret', 'NOT_FOUND', at(`${path}x`)],
  ['a part of the path secret', 'NOT_FOUND', at(path.slice(0, -1))],
  ['the path secret in capitals', 'NOT_FOUND', at(`/trackunit/callback/${pathSecret.toUpperCase()}`)],
  ['the path secret in the query', 'NOT_FOUND', at(`/trackunit/callback?secret=${pathSecret}`)],
  ['a path below it', 'NOT_FOUND', at(`${path}/more`)],
  ['the path secret behind another', 'NOT_FOUND', at(`/trackunit/callback/x/..;/${pathSecret}`)],
  ['the path secret with NUL', 'NOT_FOUND', at(`${path}%00`)],
  ['a path that is no text', 'NOT_FOUND', at('/trackunit/callback/%ff%zz')],
  ['two slashes', 'NOT_FOUND', at(`//trackunit//callback/${pathSecret}`)],
  ['GET to another path secret', 'NOT_FOUND', async (field) => ({ ...(await at(`${path}x`)(field)), method: 'GET' })],
  [
    'plain text to another path secret',
    'NOT_FOUND',
    async (field) => ({ ...(await typed('text/plain')(field)), url: `${path}x` }),
  ],
  [
    'too much to another path secret',
    'NOT_FOUND',
    async (field) => ({ url: `${path}x`, headers: await own(field), body: 'x'.repeat(20_000) }),
  ],
  [
    'two identities',
    'IDENTITY_INVALID',
    raw((identity) => [...post(identity), `trackunit-identity: ${identity}`, size]),
  ],
  [
    'a length and pieces at once',
    'INPUT_INVALID',
    raw((identity) => [...post(identity), size, 'transfer-encoding: chunked']),
  ],
  ['two lengths', 'INPUT_INVALID', raw((identity) => [...post(identity), size, 'content-length: 1'])],
  ['a length with a sign', 'INPUT_INVALID', raw((identity) => [...post(identity), 'content-length: +9'])],
  ['a header folded over two lines', 'INPUT_INVALID', raw((identity) => [...post(identity), 'x: a', '\x0bb', size])],
  ['a header without a name', 'INPUT_INVALID', raw((identity) => [...post(identity), ': x', size])],
  [
    'a space before the colon',
    'INPUT_INVALID',
    raw((identity) => [...post(identity), 'transfer-encoding : chunked', size]),
  ],
  ['NUL in the identity', 'INPUT_INVALID', raw((identity) => [...post(`${identity}\0`), size])],
  ['no host', 400, raw((identity) => [...post(identity).filter((line) => !line.startsWith('host')), size])],
  [
    'twenty kilobytes of headers',
    'INPUT_TOO_LARGE',
    raw((identity) => [...post(identity), `x: ${'x'.repeat(20_000)}`, size]),
  ],
  [
    'endless pieces of more than the limit',
    'INPUT_TOO_LARGE',
    raw((identity) => [...post(identity), 'transfer-encoding: chunked'], `5000\r\n${'x'.repeat(0x5000)}\r\n0\r\n\r\n`),
  ],
  [
    'a version of HTTP that is none',
    'INPUT_INVALID',
    raw((identity) => [`POST ${path} HTTP/3.7`, ...post(identity).slice(1), size]),
  ],
]

const createStack = prepareCallbackStacks()
let field: AttackField
beforeAll(async () => {
  field = await createAttackField(await createStack())
})
afterAll(() => field[Symbol.asyncDispose]())

describe.each([
  ['JOSE', jose],
  ['claims that Trackunit signed', claims],
  ['one account’s or app’s identity for another’s', crossing],
  ['replays', replays],
  ['uninstalls', uninstalls],
  ['JSON and Unicode', texts],
  ['HTTP', http],
])('invariants 3, 4, 8: no attack harms the victim: %s', (_group, attacks) => {
  test.each(attacks)('%s', async (_name, expected, attempt) => {
    field.stack.clock.advance(31_000) // The keys may be asked for again: what is refused is refused for good.

    expect(await field.send(await attempt(field))).toBe(expected)

    expect(await field.victimIsWell()).toEqual(wellVictim)
    expect(field.logged()).not.toMatch(/s3cr3t|eyJ/)
  })
})

test('there are more than a hundred, each named once', () => {
  const names = [jose, claims, crossing, replays, uninstalls, texts, http].flat().map(([name]) => name)
  expect(names.length).toBeGreaterThan(100)
})
