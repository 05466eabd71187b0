import { expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { authenticate as authenticateIn } from './authenticate.ts'
import { createCallerLimits } from './caller-limits.ts'
import { createRefusedTokens } from './refused-tokens.ts'
import { createServiceKey, digestOfPresentedKey } from './service-key.ts'

const here = { arrivedAtMs: 0, address: '192.0.2.1' }
const elsewhere = { arrivedAtMs: 0, address: '192.0.2.2' }

function createDoor({ keyRequestsPerS = 1_000, failuresPerMinute = 5 } = {}) {
  const good = createServiceKey()
  const seen = new Set<string>()
  let looks = 0
  const bare = createBareContext()
  const access = {
    userKeys: undefined,
    refusedTokens: createRefusedTokens(bare),
    limits: createCallerLimits({ keyRequestsPerS, failuresPerMinute }),
    keys: {
      readAgain: () => {},
      wasGood: (digest: string) => seen.has(digest),
      find: async (digest: string) => {
        looks++
        if (digest !== good.digest) return undefined
        seen.add(digest)
        return { kind: 'service' as const, service: 'reports', keyId: good.id, grants: [] }
      },
    },
  }
  const authenticate = (authorization: string | undefined, arrival: typeof here) =>
    authenticateIn({ ...bare, access }, authorization, arrival)
  return { authenticate, bearer: `Bearer ${good.key.reveal()}`, looks: () => looks }
}
const madeUp = () => `Bearer ${createServiceKey().key.reveal()}`
const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'let in',
    ({ reason }: { reason: string }) => reason,
  )

test('an address that failed too often is looked at no more, and told until when; others are', async () => {
  const { authenticate, looks } = createDoor()
  for (let failed = 0; failed < 5; failed++)
    expect(await reasonOf(authenticate(madeUp(), here))).toBe('UNAUTHENTICATED')

  const refused = authenticate(madeUp(), here)
  await expect(refused).rejects.toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
  expect(await reasonOf(authenticate('Bearer eyJhbGciOiJSUzI1NiJ9.e30.x', here))).toBe('RATE_LIMITED')
  expect(looks()).toBe(5)
  expect(await reasonOf(authenticate(madeUp(), elsewhere))).toBe('UNAUTHENTICATED')
})

test('whoever shares that address and has a good key is served', async () => {
  const { authenticate, bearer } = createDoor()
  await authenticate(bearer, here)
  for (let failed = 0; failed < 10; failed++) await reasonOf(authenticate(madeUp(), here))
  expect(await reasonOf(authenticate(bearer, here))).toBe('let in')
})

test('requests without any key count for nothing', async () => {
  const { authenticate, bearer } = createDoor()
  for (let failed = 0; failed < 10; failed++) await reasonOf(authenticate(undefined, here))
  expect(await reasonOf(authenticate(bearer, here))).toBe('let in')
})

test('a key that asks too often waits, from whatever address, and told how long', async () => {
  const { authenticate, bearer } = createDoor({ keyRequestsPerS: 1 })
  for (let asked = 0; asked < 10; asked++) await authenticate(bearer, asked % 2 ? here : elsewhere)
  const refused = authenticate(bearer, here)
  await expect(refused).rejects.toMatchObject({ reason: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
  expect(digestOfPresentedKey(bearer.slice(7))).toBeDefined()
})
