import { type AttackField, type Attempt, appId, attacker, path, victim } from './attack-field.ts'
import { installed, uninstalled } from './callback-stack.ts'

type Random = () => number

/** A genuine callback before it is signed and sent. */
interface Draft {
  claims: Record<string, unknown>
  header: Record<string, unknown>
  body: unknown
}

/** One fault for which a callback must be refused, at the step where it is made. */
interface Fault {
  draft?: (draft: Draft, random: Random, nowS: number) => void
  isForged?: true
  jwt?: (jwt: string, random: Random) => string
  text?: (body: string, random: Random) => string | Buffer
  http?: (attempt: Attempt & { headers: Record<string, string> }, random: Random) => Attempt
}

const withClaims =
  (change: (random: Random, nowS: number) => Record<string, unknown>): NonNullable<Fault['draft']> =>
  ({ claims }, random, nowS) =>
    void Object.assign(claims, change(random, nowS))
const withHeader =
  (change: (random: Random) => Record<string, unknown>): NonNullable<Fault['draft']> =>
  ({ header }, random) =>
    void Object.assign(header, change(random))
const withBody =
  (change: (random: Random) => Record<string, unknown>): NonNullable<Fault['draft']> =>
  (draft, random) => {
    draft.body = { ...(draft.body as object), ...change(random) }
  }
const withHeaders =
  (change: (identity: string, random: Random) => Record<string, string | undefined>): NonNullable<Fault['http']> =>
  ({ headers }, random) => ({ headers: { ...headers, ...change(headers['trackunit-identity'] ?? '', random) } })
const install = { type: 'INSTALLED', clientId: 'c', clientSecret: 's3cr3t' }

const faults: Record<string, Fault> = {
  'signed by another key under the known id': { isForged: true },

  'a changed character of what is signed': { jwt: changeOneCharacter },
  'a changed bit of the signature': { jwt: changeOneBit },
  'a JWT cut short': { jwt: (jwt, random) => jwt.slice(0, below(random, jwt.length - 2)) },
  'another header under the signature': {
    jwt: (jwt, random) => {
      const alg = one(random, ['none', 'HS256', 'RS256', 'ES512', 'EdDSA', text(random, 5)])
      return [encode({ alg, kid: 'marketplace-1' }), ...jwt.split('.').slice(1)].join('.')
    },
  },
  'other claims under the signature': {
    jwt: (jwt) => jwt.replace(/\..*\./, `.${encode({ iat: 1, exp: 9e9, accountId: victim })}.`),
  },
  'a character inside the JWT': {
    jwt: (jwt, random) => {
      const at = 1 + below(random, jwt.length - 2)
      return `${jwt.slice(0, at)}${one(random, ['.', '=', ' ', '+', ',', '~', '\t', '%00'])}${jwt.slice(at)}`
    },
  },
  'no JWT': { jwt: (_jwt, random) => `${word(random)}.${word(random)}.${word(random)}` },

  'crit in the header': { draft: withHeader(() => ({ crit: ['x'], x: 1 })) },
  'a key in the header': { draft: withHeader(() => ({ jwk: { kty: 'EC' } })) },
  'an address in the header': { draft: withHeader((random) => ({ [one(random, ['jku', 'x5u'])]: text(random, 30) })) },
  'a certificate in the header': { draft: withHeader((random) => ({ x5c: [text(random, 30)] })) },

  'no times': { draft: withClaims(() => ({ iat: undefined, exp: undefined })) },
  'an end that is past': { draft: withClaims((random, nowS) => ({ exp: nowS - 100 - below(random, 1e8) })) },
  'an end that is far': { draft: withClaims((random, nowS) => ({ exp: nowS + 90_000 + below(random, 1e9) })) },
  'a time to come': { draft: withClaims((random, nowS) => ({ iat: nowS + 100 + below(random, 1e8) })) },
  'a time that is none': {
    draft: withClaims((random) => ({ iat: one(random, ['1', null, true, [], {}, -1, text(random, 5)]) })),
  },
  'another account’s identity': {
    draft: withClaims((random) => ({ [one(random, ['accountId', 'sub', 'aud'])]: attacker })),
  },
  'an identity of no account': { draft: withClaims((random) => ({ accountId: notAnId(random) })) },
  'another app’s identity': { draft: withClaims((random) => ({ irisAppId: `@${word(random)}/${word(random)}` })) },
  'another server’s identity': {
    draft: withClaims((random) => ({ aud: [appId, `https://${word(random)}.example/`] })),
  },

  'a body of another app': { draft: withBody((random) => ({ irisAppId: text(random, 20) })) },
  'a body of no account': { draft: withBody((random) => ({ accountId: one(random, [undefined, notAnId(random)]) })) },
  'a body without a secret': { draft: withBody(() => ({ ...install, clientSecret: undefined })) },
  'a secret that is no text': { draft: withBody((random) => ({ ...install, clientSecret: [anything(random)] })) },
  'a secret that is too long': { draft: withBody(() => ({ ...install, clientSecret: 's'.repeat(1_025) })) },
  'half a character': { draft: withBody(() => ({ ...install, clientId: 'c\ud800' })) },
  'a type that is no text': { draft: withBody((random) => ({ type: [anything(random)] })) },
  'a body that is no object': {
    draft: (draft, random) => {
      draft.body = one(random, [null, [], [draft.body], 1, 'INSTALLED', true])
    },
  },

  'an open end': { text: (body, random) => body.slice(0, 1 + below(random, body.length - 1)) },
  'a byte that is no UTF-8': {
    text: (body, random) => Buffer.concat([Buffer.from(body), Buffer.from([one(random, [0xc0, 0xff, 0xfe, 0xed])])]),
  },
  'a prototype': {
    text: (body, random) =>
      `{"${one(random, ['__proto__', '\\u005f_proto__', 'constructor'])}":{"prototype":{}},${body.slice(1)}`,
  },
  'two bodies': { text: (body) => body + body },
  'a deep body': { text: (_body, random) => '[{"a":'.repeat(1 + below(random, 2_000)) },

  'another method': {
    http: (_attempt, random) => ({ method: one(random, ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const) }),
  },
  'another media type': {
    http: withHeaders((_identity, random) => ({
      'content-type': one(random, [
        'text/plain',
        'application/jsonp',
        'application/json; charset=latin1',
        'x/y',
        '*/*',
      ]),
    })),
  },
  'an encoding': {
    http: withHeaders((_identity, random) => ({
      'content-encoding': one(random, ['gzip', 'br', 'identity', 'deflate, gzip', 'x']),
    })),
  },
  'another path': {
    http: (_attempt, random) => ({
      url: `${path.slice(0, -1 - below(random, 18))}${encodeURIComponent(text(random, 5))}`,
    }),
  },
  'too much': { http: (_attempt, random) => ({ body: `{"x":"${'x'.repeat(16_400 + below(random, 1_000))}"}` }) },
  'no identity, or two': {
    http: withHeaders((identity, random) => ({
      'trackunit-identity': one(random, [undefined, '', ' ', `${identity},${identity}`]),
    })),
  },
}

/** Harmless changes: a genuine callback stays genuine, a wrong one wrong. */
const noises: NonNullable<Fault['draft']>[] = [
  withClaims((random) => ({ [`x${text(random, 8)}`]: anything(random) })),
  withHeader((random) => ({ [`x${text(random, 8)}`]: anything(random) })),
  withBody((random) => ({ [`x${text(random, 8)}`]: anything(random) })),
  withHeader(() => ({ typ: 'JWT' })),
]

/** How a genuine identity may name its account, or none. */
const bindings = (random: Random): Record<string, unknown>[] => [
  {},
  { accountId: victim },
  { accountId: victim, irisAppId: appId },
  { sub: victim, aud: appId },
  { aud: [appId, 'https://standin.example/trackunit/callback'] },
  { irisAppId: appId, accountId: victim.toUpperCase() },
  { iss: text(random, 20), jti: text(random, 20) },
]

/**
 * Makes callbacks that have the structure of genuine ones and one fault for which they must be refused, with harmless noise
 * beside it. The same random numbers make the same ones.
 */
export function createCallbackFuzz(
  { nowS, forger, marketplace }: AttackField,
  random: Random,
): () => Promise<{ attempt: Attempt; fault: string }> {
  return async () => {
    const draft: Draft = {
      claims: {
        iat: nowS() - below(random, 30),
        exp: nowS() + 60 + below(random, 3_000),
        ...one(random, bindings(random)),
      },
      header: {},
      body: one(random, [
        installed(`client-${word(random)}`),
        uninstalled(),
        uninstalled({ type: `x${text(random, 9)}` }),
      ]),
    }
    for (let left = below(random, 4); left > 0; left--) one(random, noises)(draft, random, nowS())
    const [name, fault] = one(random, Object.entries(faults))

    fault.draft?.(draft, random, nowS())
    const jwt = await (fault.isForged ? forger : marketplace).sign(draft.claims, draft.header)
    const body = JSON.stringify(draft.body)
    const attempt = {
      headers: { 'trackunit-identity': fault.jwt?.(jwt, random) ?? jwt },
      body: fault.text?.(body, random) ?? body,
    }
    return { attempt: { ...attempt, ...fault.http?.(attempt, random) }, fault: name }
  }
}

/** Not the signature, because the last bits of its last character mean nothing. */
function changeOneCharacter(jwt: string, random: Random): string {
  const at = below(random, jwt.lastIndexOf('.'))
  const place = jwt[at] === '.' ? at - 1 : at
  return `${jwt.slice(0, place)}${jwt[place] === 'A' ? 'B' : 'A'}${jwt.slice(place + 1)}`
}

function changeOneBit(jwt: string, random: Random): string {
  const [header, payload, signature = ''] = jwt.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  const place = below(random, bytes.length)
  bytes[place] = (bytes[place] ?? 0) ^ (1 << below(random, 8))
  return `${header}.${payload}.${bytes.toString('base64url')}`
}

const below = (random: Random, limit: number) => Math.floor(random() * limit)
const one = <Item>(random: Random, items: readonly Item[]): Item => items[below(random, items.length)] as Item
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const word = (random: Random) => below(random, 1e12).toString(36)
const notAnId = (random: Random) =>
  one(random, [null, 1, '', [victim], { id: victim }, `${victim}0`, ` ${victim}`, text(random, 36)])

const letters = ['a', 'Z', '0', '-', '"', '\\', '/', 'é', '\u202e', '\0', '😀', '\n', '@', '__proto__', "'", ';']
const text = (random: Random, length: number): string =>
  Array.from({ length: 1 + below(random, length) }, () => one(random, letters)).join('')

/** Any JSON, small. */
function anything(random: Random, depth = 0): unknown {
  const kind = below(random, depth > 2 ? 5 : 7)
  if (kind === 5) return Array.from({ length: below(random, 3) }, () => anything(random, depth + 1))
  if (kind === 6) return { [`k${word(random)}`]: anything(random, depth + 1) }
  return one(random, [null, true, random() * 1e9, text(random, 12), '', 1e21])
}
