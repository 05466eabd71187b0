import { expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { authenticate as authenticateIn } from './authenticate.ts'
import { createBudgets } from './budgets.ts'
import { createCallerLimits } from './caller-limits.ts'
import { nothingForwarded } from './observe-forwarding.ts'
import { createRefusedTokens } from './refused-tokens.ts'
import { createSeenUsers } from './seen-users.ts'
import { createServiceKey } from './service-key.ts'

const here = { arrivedAtMs: 0, address: '192.0.2.1' }

function createDoor({ failuresPerMinute = 5 } = {}) {
  const good = createServiceKey()
  const seen = new Set<string>()
  let looks = 0
  const bare = createBareContext()
  const access = {
    userKeys: undefined,
    refusedTokens: createRefusedTokens(bare),
    seenUsers: createSeenUsers(bare),
    limits: createCallerLimits({ failuresPerMinute }, bare.clock),
    budgets: createBudgets(bare.config.limits),
    forwarding: nothingForwarded(),
    keys: {
      readAgain: () => {},
      on: <Known>(caller: Known) => caller,
      wasGood: (digest: string) => seen.has(digest),
      find: async (digest: string) => {
        looks++
        if (digest !== good.digest) return undefined
        seen.add(digest)
        return { kind: 'service' as const, service: 'reports', keyId: good.id, mac: '', grants: [] }
      },
    },
  }
  const authenticate = (authorization: string | undefined, arrival: typeof here) =>
    authenticateIn({ ...bare, access }, authorization, arrival)
  return { authenticate, advance: bare.clock.advance, bearer: `Bearer ${good.key.reveal()}`, looks: () => looks }
}
const madeUp = () => `Bearer ${createServiceKey().key.reveal()}`
const reasonOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'let in',
    ({ reason }: { reason: string }) => reason,
  )

const typo = () => `${madeUp()}x`

test('garbage from an address that failed too often is refused at once, for a minute; other addresses are not affected', async () => {
  const { authenticate, advance } = createDoor()
  const from = (address: string) => reasonOf(authenticate(typo(), { ...here, address }))
  for (let failed = 0; failed < 5; failed++) expect(await from(`2001:db8:1:2::${failed}`)).toBe('UNAUTHENTICATED')

  const again = { ...here, address: '2001:db8:1:2:ffff::1' }
  const limited = { reason: 'RATE_LIMITED', retryAfterMs: 60_000 }
  await expect(authenticate(typo(), again)).rejects.toMatchObject(limited)
  await expect(authenticate('Bearer trust-me', again)).rejects.toMatchObject(limited)
  expect(await from('2001:db8:1:3::1')).toBe('UNAUTHENTICATED')
  advance(60_000)
  expect(await from('2001:db8:1:2::1')).toBe('UNAUTHENTICATED')
})

test('invariant 25: anything that could be a valid key or token is checked, however often its address failed', async () => {
  const { authenticate, bearer, looks } = createDoor()
  for (let failed = 0; failed < 10; failed++)
    expect(await reasonOf(authenticate(madeUp(), here))).toBe('UNAUTHENTICATED')
  expect(looks()).toBe(10)
  expect(await reasonOf(authenticate('Bearer eyJhbGciOiJSUzI1NiJ9.e30.x', here))).toBe('UNAUTHENTICATED')
  expect(await reasonOf(authenticate(bearer, here))).toBe('let in')
})

test('invariant 25: only the addresses that failed last are remembered', async () => {
  const { authenticate } = createDoor({ failuresPerMinute: 1 })
  const from = (number: number) =>
    reasonOf(authenticate(typo(), { ...here, address: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}` }))
  for (let number = 0; number <= 10_000; number++) await from(number)
  expect(await from(10_000)).toBe('RATE_LIMITED')
  expect(await from(0)).toBe('UNAUTHENTICATED')
})

test('requests without any key count for nothing', async () => {
  const { authenticate, bearer } = createDoor()
  for (let failed = 0; failed < 10; failed++) await reasonOf(authenticate(undefined, here))
  expect(await reasonOf(authenticate(bearer, here))).toBe('let in')
})
