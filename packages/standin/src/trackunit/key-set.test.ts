import { describe, expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { createPublishedKeys } from '../../test/published-keys.ts'
import { createSigningKey } from '../../test/signing-keys.ts'
import { createKeySet } from './key-set.ts'

const known = await createSigningKey('known')
const later = await createSigningKey('later')
const nameless = await createSigningKey(undefined)
const otherNameless = await createSigningKey(undefined)
const rsa = await createSigningKey('rsa', 'RS256')
const cooldownMs = 30_000
const hour = 3_600_000
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function setUp(...keys: Parameters<typeof createPublishedKeys>) {
  const published = createPublishedKeys(...keys)
  const ctx = createBareContext({ fetch: published.fetch })
  const { clock } = ctx
  const keySet = createKeySet(ctx, { url: 'https://keys.example/jwks', cooldownMs })
  /** Arrives now. */
  const verify = (jws: string, arrivedAtMs = clock.monotonicMs()) => keySet.verify(jws, arrivedAtMs)
  const outcome = async (jws: string) => (await verify(jws)).outcome
  return { ctx, clock, published, verify, outcome }
}

test('what a published key signed is verified, payload, algorithm and key id', async () => {
  const { verify, published } = setUp(known.jwk, rsa.jwk)
  expect(await verify(await known.sign({ a: 1 }))).toEqual({
    outcome: 'verified',
    payload: new TextEncoder().encode('{"a":1}'),
    algorithm: 'ES256',
    keyId: 'known',
  })
  expect(await verify(await rsa.sign({}))).toMatchObject({ outcome: 'verified', algorithm: 'RS256' })
  expect(published.requests).toBe(1)
})

describe('invariant 7: keys that cannot be fetched', () => {
  test('a signature is neither valid nor invalid until keys were fetched once', async () => {
    const { verify, published, clock } = setUp()
    published.fail()
    const jws = await known.sign({})

    expect(await verify(jws)).toEqual({ outcome: 'unavailable', retryAfterMs: cooldownMs })
    clock.advance(20_000)
    expect(await verify(jws)).toEqual({ outcome: 'unavailable', retryAfterMs: 10_000 })
    clock.advance(9_900)
    expect(await verify(jws)).toEqual({ outcome: 'unavailable', retryAfterMs: 1_000 })
    expect(published.requests).toBe(1)
    published.publish(known.jwk)
    clock.advance(100)
    expect(await verify(jws)).toMatchObject({ outcome: 'verified' })
  })

  test('an unknown key id is invalid only if the keys were fetched after the request arrived', async () => {
    const { verify, published, clock } = setUp(known.jwk)
    const unknown = await later.sign({})
    expect(await verify(unknown)).toEqual({ outcome: 'invalid' }) // The first fetch came after it.

    clock.advance(10_000)
    expect(await verify(unknown)).toEqual({ outcome: 'unavailable', retryAfterMs: 20_000 })
    clock.advance(20_000)
    expect(await verify(unknown)).toEqual({ outcome: 'invalid' })
    expect(published.requests).toBe(2)

    clock.advance(cooldownMs)
    published.fail()
    expect(await verify(unknown)).toEqual({ outcome: 'unavailable', retryAfterMs: cooldownMs })
  })

  test('a new key is fetched for the first callback that it signed', async () => {
    const { outcome, published, clock } = setUp(known.jwk)
    expect(await outcome(await known.sign({}))).toBe('verified')
    published.publish(known.jwk, later.jwk)
    clock.advance(cooldownMs)
    expect(await outcome(await later.sign({}))).toBe('verified')
  })

  test.each(['up', 'down'])(
    'a flood of unknown key ids costs one fetch each cool-down while the endpoint is %s',
    async (state) => {
      const { verify, published, clock } = setUp(known.jwk)
      await verify(await known.sign({}))
      if (state === 'down') published.fail()
      clock.advance(cooldownMs)
      published.requests = 0
      const flood = await Promise.all(
        Array.from({ length: 50 }, (_, index) => later.sign({}, { kid: `made-up-${index}` })),
      )

      for (let second = 0; second < 90; second += 10) {
        await Promise.all(flood.map((jws) => verify(jws)))
        clock.advance(10_000)
      }

      expect(published.requests).toBe(3)
    },
  )

  test('a new key under a known id is fetched for the first callback that it signed', async () => {
    const { outcome, published, clock } = setUp(known.jwk)
    expect(await outcome(await known.sign({}))).toBe('verified')
    const renewed = { ...later, sign: (claims: object) => later.sign(claims, { kid: 'known' }) }
    published.publish({ ...later.jwk, kid: 'known' })
    clock.advance(1_000)
    expect(await outcome(await renewed.sign({}))).toBe('unavailable') // Inside the cool-down: never invalid.
    clock.advance(cooldownMs)
    expect(await outcome(await renewed.sign({}))).toBe('verified')
    clock.advance(1)
    expect(await outcome(await known.sign({}))).toBe('unavailable')
    clock.advance(cooldownMs)
    expect(await outcome(await known.sign({}))).toBe('invalid')
  })

  test('a new key of another algorithm under a known id is fetched as well', async () => {
    const { outcome, published, clock } = setUp(known.jwk)
    expect(await outcome(await known.sign({}))).toBe('verified')
    published.publish({ ...rsa.jwk, kid: 'known' })
    clock.advance(cooldownMs)
    expect(await outcome(await rsa.sign({}, { kid: 'known' }))).toBe('verified')
  })

  test.each(['up', 'down'])(
    'a flood of bad signatures under a known id costs one fetch each cool-down while the endpoint is %s',
    async (state) => {
      const { verify, outcome, published, clock } = setUp(known.jwk)
      const good = await known.sign({})
      await verify(good)
      if (state === 'down') published.fail()
      clock.advance(cooldownMs)
      published.requests = 0
      const [header, payload] = good.split('.')
      const flood = Array.from({ length: 50 }, (_, index) => `${header}.${payload}.${base64url(`garbage ${index}`)}`)

      for (let second = 0; second < 90; second += 10) {
        await Promise.all(flood.map((jws) => verify(jws)))
        expect(await outcome(good)).toBe('verified')
        clock.advance(10_000)
      }

      expect(published.requests).toBe(3)
    },
  )

  test('requests that arrive during a fetch share its answer', async () => {
    const { outcome, published } = setUp(known.jwk)
    const { promise, resolve } = Promise.withResolvers<Response>()
    published.answer = () => promise
    const outcomes = Promise.all([
      outcome(await known.sign({})),
      outcome(await known.sign({})),
      outcome(await known.sign({})),
    ])
    resolve(Response.json({ keys: [known.jwk] }))
    expect(await outcomes).toEqual(['verified', 'verified', 'verified'])
    expect(published.requests).toBe(1)
  })

  test('known keys are used while the endpoint is down, for at most a day', async () => {
    const { outcome, published, clock } = setUp(known.jwk)
    const jws = await known.sign({})
    expect(await outcome(jws)).toBe('verified')
    published.fail()
    clock.advance(24 * hour)
    expect(await outcome(jws)).toBe('verified')
    clock.advance(cooldownMs + 1)
    expect(await outcome(jws)).toBe('unavailable')
  })

  test('an empty key set withdraws no key', async () => {
    const { published, outcome, clock } = setUp(known.jwk)
    const jws = await known.sign({})
    expect(await outcome(jws)).toBe('verified')
    published.publish()
    clock.advance(hour)
    expect(await outcome(jws)).toBe('verified')
    expect(published.requests).toBe(2)
  })

  test('a withdrawn key stops working at the next refresh', async () => {
    const { outcome, published, clock } = setUp(known.jwk, later.jwk)
    const jws = await known.sign({})
    expect(await outcome(jws)).toBe('verified')
    published.publish(later.jwk)
    clock.advance(10 * 60_000)
    expect(await outcome(jws)).toBe('verified')
    clock.advance(1)
    await outcome(jws) // Starts a refresh in the background.
    await new Promise(setImmediate)
    clock.advance(cooldownMs)
    expect(await outcome(jws)).toBe('invalid')
  })

  test('after a long pause a withdrawn key does not verify one more request', async () => {
    const { outcome, published, clock } = setUp(known.jwk, later.jwk)
    const jws = await known.sign({})
    expect(await outcome(jws)).toBe('verified')
    published.publish(later.jwk)
    clock.advance(hour)
    expect(await outcome(jws)).toBe('invalid')
  })

  test.each<[string, () => Response | Promise<Response>]>([
    ['a status that is no success', () => Response.json({ keys: [later.jwk] }, { status: 500 })],
    ['a page of HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['more than 64 kB', () => new Response(JSON.stringify({ keys: [later.jwk], padding: 'x'.repeat(65_536) }))],
    ['more than fifty keys', () => Response.json({ keys: Array.from({ length: 51 }, () => later.jwk) })],
    ['no keys at all', () => Response.json({ keys: [] })],
    [
      'only keys that are not public',
      () =>
        Response.json({
          keys: [
            { kty: 'oct', k: 'AAAA' },
            { ...known.jwk, d: 'AAAA' },
          ],
        }),
    ],
    ['something else', () => Response.json([later.jwk])],
    ['a body that is no UTF-8', () => new Response(new Uint8Array([0xff, 0xfe]))],
    [
      'a body that breaks off',
      () => new Response(new ReadableStream({ pull: (stream) => stream.error(new Error('gone')) })),
    ],
    ['a redirect', () => Promise.reject(new TypeError('fetch failed', { cause: new Error('unexpected redirect') }))],
  ])('an endpoint that answers with %s is as good as down', async (_title, answer) => {
    const { outcome, published, clock } = setUp(known.jwk)
    expect(await outcome(await known.sign({}))).toBe('verified')
    published.answer = answer
    clock.advance(hour)
    expect(await outcome(await known.sign({}))).toBe('verified')
    expect(await outcome(await later.sign({}))).toBe('unavailable')
  })
})

describe('keys without an id', () => {
  test('all that fit are tried', async () => {
    const { outcome } = setUp(nameless.jwk, otherNameless.jwk, known.jwk)
    expect(await outcome(await nameless.sign({}))).toBe('verified')
    expect(await outcome(await otherNameless.sign({}))).toBe('verified')
    expect(await outcome(await known.sign({}, { kid: undefined }))).toBe('verified')
  })

  test('a JWT without an id that fits no key may be of a newer one, so it is refused only after a fetch', async () => {
    const { outcome, published, clock } = setUp(nameless.jwk)
    expect(await outcome(await nameless.sign({}))).toBe('verified')
    const jws = await otherNameless.sign({})

    clock.advance(1_000)
    expect(await outcome(jws)).toBe('unavailable')
    published.publish(otherNameless.jwk)
    clock.advance(cooldownMs)

    expect(await outcome(jws)).toBe('verified')
    clock.advance(1)
    expect(await outcome(await nameless.sign({}))).toBe('unavailable')
    clock.advance(cooldownMs)
    expect(await outcome(await nameless.sign({}))).toBe('invalid')
  })

  test('a JWT that names a key is not tried with others', async () => {
    const { outcome } = setUp(nameless.jwk)
    expect(await outcome(await nameless.sign({}, { kid: 'somebody' }))).toBe('invalid')
  })

  test('two keys of one id are both tried', async () => {
    const { outcome } = setUp({ ...otherNameless.jwk, kid: 'known' }, known.jwk)
    expect(await outcome(await known.sign({}))).toBe('verified')
    expect(await outcome(await later.sign({}, { kid: 'known' }))).toBe('invalid')
  })
})

describe('refused without looking at the keys', () => {
  const claims = base64url({ iat: 1 })
  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['two segments', `${base64url({ alg: 'ES256' })}.${claims}`],
    ['four segments', `${base64url({ alg: 'ES256' })}.${claims}.c2ln.c2ln`],
    ['no signature', `${base64url({ alg: 'ES256' })}.${claims}.`],
    ['alg none', `${base64url({ alg: 'none' })}.${claims}.c2ln`],
    ['alg nOnE', `${base64url({ alg: 'nOnE' })}.${claims}.c2ln`],
    ['a symmetric algorithm', `${base64url({ alg: 'HS256', kid: 'known' })}.${claims}.c2ln`],
    ['an algorithm that is no text', `${base64url({ alg: ['ES256'] })}.${claims}.c2ln`],
    ['no algorithm', `${base64url({ kid: 'known' })}.${claims}.c2ln`],
    ['a header that is no object', `${base64url('ES256')}.${claims}.c2ln`],
    ['a header that is no JSON', `e30x.${claims}.c2ln`],
    ['more than 8 kB', `${base64url({ alg: 'ES256' })}.${claims}.${'c'.repeat(8_192)}`],
  ])('%s', async (_title, jws) => {
    const { outcome, published } = setUp(known.jwk)
    expect(await outcome(jws)).toBe('invalid')
    expect(published.requests).toBe(0)
  })

  test.each(['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'])(
    'a header with %s, though a published key signed it',
    async (name) => {
      const { outcome, published } = setUp(known.jwk)
      const [, payload, signature] = (await known.sign({})).split('.')
      const header = base64url({
        alg: 'ES256',
        kid: 'known',
        [name]: name === 'jwk' ? later.jwk : ['https://evil.example'],
      })
      expect(await outcome(`${header}.${payload}.${signature}`)).toBe('invalid')
      expect(published.requests).toBe(0)
    },
  )
})

describe('bad signatures and bad keys', () => {
  test('a signature of another key under a known id is invalid', async () => {
    const { outcome } = setUp(known.jwk)
    expect(await outcome(await later.sign({}, { kid: 'known' }))).toBe('invalid')
  })

  test('changed claims are invalid', async () => {
    const { outcome } = setUp(known.jwk)
    const [header, , signature] = (await known.sign({ accountId: 'mine' })).split('.')
    expect(await outcome(`${header}.${base64url({ accountId: 'yours' })}.${signature}`)).toBe('invalid')
  })

  test('a public key used as a symmetric secret signs nothing', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(rsa.jwk))
    const { CompactSign } = await import('jose')
    const forged = await new CompactSign(new Uint8Array(2))
      .setProtectedHeader({ alg: 'HS256', kid: 'rsa' })
      .sign(secret)
    const { outcome } = setUp(rsa.jwk)
    expect(await outcome(forged)).toBe('invalid')
  })

  test('private and symmetric keys published by mistake verify nothing', async () => {
    const { outcome } = setUp(known.jwk, { ...later.jwk, d: 'AAAA' }, { kty: 'oct', kid: 'oct', k: 'AAAA' })
    expect(await outcome(await later.sign({}))).toBe('invalid')
    expect(await outcome(await known.sign({}))).toBe('verified')
  })

  test('a known key under an algorithm that is not its own is invalid', async () => {
    const { verify, published } = setUp(known.jwk, rsa.jwk)
    await verify(await known.sign({}))
    const [, payload, signature] = (await rsa.sign({})).split('.')
    for (const alg of ['PS256', 'RS512', 'ES256'])
      expect(await verify(`${base64url({ alg, kid: 'rsa' })}.${payload}.${signature}`)).toEqual({ outcome: 'invalid' })
    expect(published.requests).toBe(1)
  })

  test('a key for another algorithm verifies nothing', async () => {
    const { outcome } = setUp({ ...rsa.jwk, alg: 'PS256' })
    expect(await outcome(await rsa.sign({}))).toBe('invalid')
  })
})

describe('invariant 7: keys outlive the process', () => {
  const url = 'https://keys.example/jwks'
  function createMemoryStore() {
    const rows = new Map<string, { keys: Record<string, unknown>[]; fetchedAt: Date }>()
    return {
      rows,
      load: async (of: string) => rows.get(of),
      save: async (of: string, set: { keys: Record<string, unknown>[]; fetchedAt: Date }) => void rows.set(of, set),
    }
  }
  /** The previous process fetched the keys; this one starts `afterMs` later, and the endpoint is down. */
  async function restart(afterMs: number) {
    const { ctx, clock, published } = setUp(known.jwk)
    const store = createMemoryStore()
    const create = () => createKeySet(ctx, { url, cooldownMs }, store)
    await create().verify(await known.sign({}), 0)
    published.fail()
    clock.advance(afterMs)
    return { clock, published, store, create, keySet: create() }
  }
  const outcomeOf = async (keySet: ReturnType<typeof createKeySet>, key = known) =>
    (await keySet.verify(await key.sign({}), Number.POSITIVE_INFINITY)).outcome

  test('known keys are used after a restart while the endpoint is down, for at most a day after they were fetched', async () => {
    const { keySet, clock } = await restart(23 * hour)
    expect(await outcomeOf(keySet)).toBe('verified')
    expect(await outcomeOf(keySet, later)).toBe('unavailable')
    clock.advance(hour)
    expect(await outcomeOf(keySet)).toBe('verified')
    clock.advance(1)
    expect(await outcomeOf(keySet)).toBe('unavailable')
  })

  test('older keys are not, nor those with a time in the future', async () => {
    expect(await outcomeOf((await restart(24 * hour + 1)).keySet)).toBe('unavailable')
    const { store, create, clock } = await restart(0)
    store.rows.set(url, {
      keys: [known.jwk as Record<string, unknown>],
      fetchedAt: new Date(clock.now().getTime() + 1),
    })
    expect(await outcomeOf(create())).toBe('unavailable')
  })

  test('a private key in the table verifies nothing, and nonsense there is ignored', async () => {
    for (const keys of [[{ ...known.jwk, d: 'AAAA' }], [{ kty: 'oct', k: 'AAAA' }], 'nonsense', null]) {
      const { store, create, clock } = await restart(0)
      store.rows.set(url, { keys: keys as Record<string, unknown>[], fetchedAt: clock.now() })
      expect(await outcomeOf(create())).toBe('unavailable')
    }
  })

  test('a table that cannot be read does not stop the start, and is read again', async () => {
    const { store, create, clock } = await restart(0)
    const { load } = store
    store.load = () => Promise.reject(new Error('down'))
    const keySet = create()
    expect(await outcomeOf(keySet)).toBe('unavailable')
    store.load = load
    clock.advance(1_000)
    expect(await outcomeOf(keySet)).toBe('verified')
  })

  test('a timer removes a withdrawn key, even without requests', async () => {
    const { ctx, clock, published } = setUp(known.jwk, later.jwk)
    const keySet = createKeySet(ctx, { url, cooldownMs })
    expect(await outcomeOf(keySet)).toBe('verified')
    published.publish(later.jwk)
    clock.advance(10 * 60_000 - 1)
    await keySet.refreshIfOld()
    expect(published.requests).toBe(1)
    clock.advance(1)
    await keySet.refreshIfOld()
    expect(published.requests).toBe(2)
    expect((await keySet.verify(await known.sign({}), 0)).outcome).toBe('invalid')
  })

  test('ten thousand callbacks with random key ids cost two fetches at most', async () => {
    const { verify, published } = setUp(known.jwk)
    const [, payload, signature] = (await known.sign({})).split('.')
    const random = Array.from(
      { length: 10_000 },
      (_, index) => `${base64url({ alg: 'ES256', kid: `random ${index}` })}.${payload}.${signature}`,
    )
    const outcomes = new Set((await Promise.all(random.map((jws) => verify(jws)))).map(({ outcome }) => outcome))
    expect(published.requests).toBeLessThanOrEqual(2)
    expect([...outcomes]).not.toContain('verified')
  })
})

test('only configured algorithms are accepted', async () => {
  const { ctx } = setUp(known.jwk, rsa.jwk)
  const keySet = createKeySet(ctx, { url: 'https://keys.example', cooldownMs, algorithms: ['RS256'] })
  expect(await keySet.verify(await rsa.sign({}), 0)).toMatchObject({ outcome: 'verified' })
  expect(await keySet.verify(await known.sign({}), 0)).toEqual({ outcome: 'invalid' })
})

test.each([1, null, { toString: 'x' }, ['known'], true])('a key id that is %j is invalid at once', async (kid) => {
  const { verify, published } = setUp(known.jwk)
  const [, payload, signature] = (await known.sign({})).split('.')
  const jws = [base64url({ alg: 'ES256', kid }), payload, signature].join('.')
  published.fail()
  expect(await verify(jws)).toEqual({ outcome: 'invalid' })
  expect(published.requests).toBe(0)
})
