import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { signAll } from '../../test/signed-rows.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { account, createTokenStack, type TokenStack } from '../../test/token-stack.ts'
import { grants, serviceKeys } from '../access/access-table.ts'
import { findTrackunitTrouble } from '../accounts/trackunit-trouble-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const run = { kind: 'system', id: 'run 1' } as const
const both = { scopes: ['a', 'b'] }
const text = ({ accessToken }: { accessToken: { reveal(): string } }) => accessToken.reveal()
const fingerprint = (token: string) => createHash('sha256').update(token).digest('base64url')
const times = <Result>(count: number, work: () => Promise<Result>) => Promise.all(Array.from({ length: count }, work))

/** The database's clock advances while a test runs, by seconds on a busy machine. */
const justUnder = (ms: number) => expect.toSatisfy((left: number) => left > ms - 10_000 && left <= ms)

/** What the database's clock would do to a stored token. */
async function letStoredTokensEnd({ db }: TokenStack) {
  await db.execute(sql`update access_tokens set expires_at = now()`)
}
async function storedTokens({ sql }: TokenStack) {
  return sql`select generation, scope_key, fingerprint from access_tokens order by 1, 2`
}

describe('invariant 11: one exchange per account and scope set', () => {
  test('fifty callers at once cause one exchange and get one token', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()

    const tokens = await times(50, () => issue(run, both))

    expect(new Set(tokens.map(text))).toEqual(new Set(['token-1']))
    expect(stack.endpoint.exchanges).toEqual([
      { clientId: 'client of generation 1', clientSecret: 'secret of generation 1', scopes: ['a', 'b'] },
    ])
  })

  test('another scope set, or another account, has its own token', async () => {
    await using stack = await createTokenStack(database)
    const other = '22222222-2222-4222-8222-222222222222'
    await stack.install()
    await stack.install({ accountId: other })
    const issue = await stack.startReplica()

    const tokens = [
      await issue(run, both),
      await issue(run, { scopes: ['a'] }),
      await issue(run, { ...both, accountId: other }),
    ]

    expect(tokens.map(text)).toEqual(['token-1', 'token-2', 'token-3'])
    expect(text(await issue(run, { scopes: ['b', 'a', 'a'] }))).toBe('token-1')
  })

  test('another process uses the token that is stored', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    await (await stack.startReplica())(run, both)

    expect(text(await (await stack.startReplica())(run, both))).toBe('token-1')
    expect(stack.endpoint.exchanges).toHaveLength(1)
  })
})

describe('invariant 13: nothing is handed out inside the margin', () => {
  test.for([
    { lifetimeS: 30, marginS: 6 },
    { lifetimeS: 1_200, marginS: 60 },
  ])('a token of $lifetimeS s is replaced $marginS s before its end', async ({ lifetimeS, marginS }) => {
    await using stack = await createTokenStack(database)
    await stack.install()
    stack.endpoint.answers(() => stack.endpoint.token({ lifetimeMs: lifetimeS * 1_000 }))
    const issue = await stack.startReplica()
    await issue(run, both)

    await stack.passTime((lifetimeS - marginS) * 1_000 - 1)
    expect(text(await issue(run, both))).toBe('token-1')
    await stack.passTime(1)
    await letStoredTokensEnd(stack)
    expect(text(await issue(run, both))).toBe('token-2')
  })

  test('a stored token that is inside its margin by the database’s clock is not used', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    await (await stack.startReplica())(run, both)
    await stack.db.execute(sql`update access_tokens set expires_at = now() + interval '59 seconds'`)

    expect(text(await (await stack.startReplica())(run, both))).toBe('token-2')
  })

  test('its lifetime counts from before the request was sent', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    stack.endpoint.answers(() => {
      const token = stack.endpoint.token()
      stack.clock.advance(9_000)
      return token
    })

    expect((await (await stack.startReplica())(run, both)).leftMs).toBe(3_600_000 - 9_000)
    const [{ left }] =
      (await stack.sql`select extract(epoch from expires_at - now())::float8 as left from access_tokens`) as unknown as [
        { left: number },
      ]
    expect(left).toBeLessThanOrEqual(3_591)
  })

  test('a token that became stale while its audit row was written is replaced first', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    const unlock = await lockTable(stack, 'hand_out_groups')

    const token = issue(run, both)
    await waitForWaiting(stack, 1)
    await stack.passTime(3_570_000)
    await letStoredTokensEnd(stack)
    await unlock()

    expect(text(await token)).toBe('token-2')
  })
})

/** @returns what lets go of it */
async function lockTable({ sql }: TokenStack, table: string): Promise<() => Promise<void>> {
  const locked = Promise.withResolvers<void>()
  const unlock = Promise.withResolvers<void>()
  const lock = sql.begin(async (tx) => {
    await tx`lock table ${tx(table)} in access exclusive mode`
    locked.resolve()
    await unlock.promise
  })
  await locked.promise
  return async () => {
    unlock.resolve()
    await lock
  }
}

async function waitForWaiting({ sql }: TokenStack, count: number): Promise<void> {
  // A fresh replica first connects: on a busy machine that takes longer than the default second. Of the
  // database's own workers (autovacuum) one may wait as well.
  await vi.waitFor(
    async () => {
      const waiting = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and backend_type = 'client backend'`
      expect(waiting).toHaveLength(count)
    },
    { timeout: 60_000, interval: 10 },
  )
}

describe('invariant 12: a token of a generation that is not in force is neither stored nor handed out', () => {
  test('a token that arrives after a re-install was proven is dropped, and displaces none of the new generation', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const { arrived, release } = stack.endpoint.hold()

    const token = (await stack.startReplica())(run, both)
    await arrived
    await stack.install({ generation: 2 })
    stack.endpoint.answers(() => stack.endpoint.token())
    await (await stack.startReplica())(run, both)
    release(stack.endpoint.token({ text: 'late' }))

    expect(text(await token)).toBe('token-2')
    expect(stack.endpoint.exchanges).toHaveLength(2)
    expect(await storedTokens(stack)).toMatchObject([{ generation: 2, fingerprint: fingerprint('token-2') }])
    expect((await stack.handOuts()).map(({ generation }) => generation)).toEqual([2, 2])
  })

  test('a token that was looked up before a re-install and is recorded after it is not handed out', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    const unlock = await lockTable(stack, 'hand_out_groups')

    const token = issue(run, both)
    await waitForWaiting(stack, 1)
    await stack.install({ generation: 2 })
    await unlock()

    expect(text(await token)).toBe('token-2')
    expect((await stack.handOuts()).map(({ generation }) => generation)).toEqual([1, 2])
  })

  test('a token in the memory of a process is not handed out after a re-install', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.install({ generation: 2 })

    expect(text(await issue(run, both))).toBe('token-2')
    expect(stack.endpoint.exchanges[1]?.clientId).toBe('client of generation 2')
  })

  test('a refusal of credentials that are just being replaced does not affect the new ones', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const { arrived, release } = stack.endpoint.hold()

    const token = (await stack.startReplica())(run, both)
    await arrived
    await stack.install({ generation: 2 })
    stack.endpoint.answers(() => stack.endpoint.token())
    release(stack.endpoint.failure('invalid-client'))

    expect(text(await token)).toBe('token-2')
  })

  test('an uninstall during the request leaves no token, and the refusal says why', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    const { arrived, release } = stack.endpoint.hold()

    const token = issue(run, both)
    await arrived
    await stack.uninstall()
    release()

    await expect(token).rejects.toMatchObject({ reason: 'INSTALLATION_UNINSTALLED' })
    expect(await storedTokens(stack)).toEqual([])
    expect(await stack.handOuts()).toEqual([])
  })

  test('after an uninstall a token in memory is not handed out', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.uninstall()

    await expect(issue(run, both)).rejects.toMatchObject({ reason: 'INSTALLATION_UNINSTALLED' })
    expect(await stack.handOuts()).toHaveLength(1)
  })

  test('credentials that are not in force do not fence those that are', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await stack.db.execute(sql`
      insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound)
      values (${account}, 2, 'app', 'client', 'pending', now(), '', false)`)

    expect(text(await issue(run, both))).toBe('token-1')
  })
})

describe('invariant 18: who gets a token', () => {
  test('every hand-out leaves an entry that names service, key, account, generation, scopes and fingerprint, and no token', async () => {
    await using stack = await createTokenStack(database)
    await stack.install({ generation: 7 })
    const service = await stack.createService()
    const issue = await stack.startReplica()
    await issue(service)
    await issue(service)
    await issue(run, { scopes: ['a'] })

    const row = { accountId: account, generation: 7 }
    const toService = {
      ...row,
      actorKind: 'service',
      actorId: 'reports',
      details: { scopes: ['a', 'b'], fingerprint: fingerprint('token-1'), key: service.keyId },
    }
    const rows = await stack.handOuts()
    expect(rows).toMatchObject([
      toService,
      toService,
      {
        ...row,
        actorKind: 'system',
        actorId: 'run 1',
        details: { scopes: ['a'], fingerprint: fingerprint('token-2'), key: null },
      },
    ])
    expect(inspect(rows, { depth: null })).not.toMatch(/token-\d/)
  })

  test('tokens are sealed in the database', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    await (await stack.startReplica())(run, both)

    const [row] = await stack.sql`select sealed_token from access_tokens`
    expect(row?.sealed_token).toMatch(/^eyJ/)
    expect(inspect(await stack.sql`select * from access_tokens`)).not.toContain('token-1')
  })

  test.for<{ title: string; reason: string; between: (stack: TokenStack) => Promise<unknown> }>([
    {
      title: 'the key was revoked',
      reason: 'UNAUTHENTICATED',
      between: ({ db }) => db.update(serviceKeys).set({ revokedAt: new Date() }),
    },
    {
      title: 'the key has expired',
      reason: 'UNAUTHENTICATED',
      between: ({ db }) => db.update(serviceKeys).set({ expiresAt: new Date() }),
    },
    {
      title: 'the grant was removed',
      reason: 'ACCOUNT_FORBIDDEN',
      between: ({ db }) => db.delete(grants),
    },
    {
      title: 'the grant has lost a scope',
      reason: 'SCOPE_FORBIDDEN',
      between: ({ db }) => db.update(grants).set({ scopes: ['a'] }),
    },
    {
      title: 'the grant is for another account',
      reason: 'ACCOUNT_FORBIDDEN',
      between: ({ db }) => db.update(grants).set({ accountId: '22222222-2222-4222-8222-222222222222' }),
    },
  ])(
    'no token leaves, and the caller gets the true reason, when $title between asking and answering',
    async ({ between, reason }) => {
      await using stack = await createTokenStack(database)
      await stack.install()
      const service = await stack.createService()
      const { arrived, release } = stack.endpoint.hold()

      const token = (await stack.startReplica())(service, both)
      await arrived
      await between(stack)
      await signAll(stack.sql)
      release()

      await expect(token).rejects.toMatchObject({ reason })
      expect(await stack.handOuts()).toEqual([])
    },
  )

  test('a caller that asked for all scopes gets the remaining ones if a scope is lost during the request', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const service = await stack.createService()
    const { arrived, release } = stack.endpoint.hold()

    const token = (await stack.startReplica())(service)
    await arrived
    await stack.db.update(grants).set({ scopes: ['a'] })
    await signAll(stack.sql)
    release()

    expect(await token).toMatchObject({ scopes: ['a'] })
    expect(await stack.handOuts()).toMatchObject([{ details: { scopes: ['a'] } }])
  })

  test('a grant for all accounts includes this account', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const service = await stack.createService()
    await stack.db.update(grants).set({ accountId: 'all' })

    expect(text(await (await stack.startReplica())(service))).toBe('token-1')
  })

  test('no request is made for scopes that were not granted', async () => {
    await using stack = await createTokenStack(database)
    await stack.install({ grantedScopes: ['a'] })
    const issue = await stack.startReplica()

    await expect(issue(await stack.createService({ scopes: ['b'] }))).rejects.toMatchObject({
      reason: 'SCOPE_NOT_GRANTED',
    })
    await expect(issue(run, { scopes: ['b'] })).rejects.toMatchObject({ reason: 'SCOPE_NOT_GRANTED' })
    expect(stack.endpoint.exchanges).toEqual([])
  })

  test('invariant 17: nor for one that the plan lacks, until a re-install finds it there', async () => {
    await using stack = await createTokenStack(database)
    await stack.install({ grantedScopes: ['a'], missingFromPlan: ['b'] })
    const issue = await stack.startReplica()

    const refused = { reason: 'PLAN_REQUIRED', detail: 'Not in the plan: b.' }
    await expect(issue(run, both)).rejects.toMatchObject(refused)
    expect(stack.endpoint.exchanges).toEqual([])

    await stack.install({ generation: 2 })
    expect(text(await issue(run, both))).toBe('token-1')
  })
})

describe('invariant 15: a token that an API refused', () => {
  const rejected = { ...both, rejectedFingerprint: fingerprint('token-1') }

  test('is replaced by one exchange, however many callers report it', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)

    const tokens = await times(20, () => issue(run, rejected))

    expect(new Set(tokens.map(text))).toEqual(new Set(['token-2']))
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })

  test('is replaced without an exchange if a newer token exists, also on another process', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    const other = await stack.startReplica()
    await issue(run, both)
    await other(run, both)
    await issue(run, rejected)

    expect(text(await other(run, rejected))).toBe('token-2')
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })

  test('a second replacement within half a minute is refused, with the time to retry', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    await issue(run, rejected)
    const again = { ...both, rejectedFingerprint: fingerprint('token-2') }

    await stack.passTime(10_000)
    await expect(issue(run, again)).rejects.toMatchObject({
      reason: 'TRACKUNIT_REFUSED',
      retryAfterMs: justUnder(20_000),
    })
    expect(text(await issue(run, both))).toBe('token-2') // Other callers are not affected.
    await stack.passTime(20_000)
    expect(text(await issue(run, again))).toBe('token-3')
  })

  test('never goes to the same caller again, even while another caller is looking it up', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    await (await stack.startReplica())(run, both)
    const issue = await stack.startReplica() // Its memory is empty: all look into the database, and find that token.
    const unlock = await lockTable(stack, 'access_tokens')

    const plain = issue(run, both)
    await waitForWaiting(stack, 1)
    const refused = issue(run, rejected)
    await waitForWaiting(stack, 2)
    await unlock()

    expect(text(await plain)).toBe('token-1')
    expect(text(await refused)).toBe('token-2')
  })

  test('and one that has ended are replaced by the same exchange', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    await (await stack.startReplica())(run, both)
    await letStoredTokensEnd(stack)
    const issue = await stack.startReplica()

    const tokens = await Promise.all([times(5, () => issue(run, both)), times(5, () => issue(run, rejected))])

    expect(new Set(tokens.flat().map(text))).toEqual(new Set(['token-2']))
    expect(stack.endpoint.exchanges).toHaveLength(2)
  })

  test('is not given again where Trackunit gives out the same one', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    stack.endpoint.answers(() => stack.endpoint.token({ text: 'token-1' }))
    const issue = await stack.startReplica()
    await issue(run, both)

    await expect(issue(run, rejected)).rejects.toMatchObject({
      reason: 'TRACKUNIT_REFUSED',
      retryAfterMs: justUnder(30_000),
    })
  })

  test('a fingerprint of no token at all costs nothing', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)

    expect(text(await issue(run, { ...both, rejectedFingerprint: fingerprint('never given out') }))).toBe('token-1')
    expect(stack.endpoint.exchanges).toHaveLength(1)
  })
})

describe('invariant 14: while Trackunit does not give out tokens', () => {
  test('refused credentials park the account: the valid token is served on, no new one is asked for', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    stack.endpoint.answers(() => stack.endpoint.failure('invalid-client'))
    await expect(issue(run, { scopes: ['a'] })).rejects.toMatchObject({ reason: 'CREDENTIALS_REJECTED' })
    const [{ state }] = (await stack.sql`select state from credentials`) as unknown as [{ state: string }]
    expect(state).toBe('parked')

    await stack.passTime(600_000)
    expect(text(await issue(run, both))).toBe('token-1')
    expect(text(await (await stack.startReplica())(run, both))).toBe('token-1')
    await expect(issue(run, { scopes: ['b'] })).rejects.toMatchObject({ reason: 'CREDENTIALS_REJECTED' })
    await expect((await stack.startReplica())(run, { scopes: ['a'] })).rejects.toMatchObject({
      reason: 'CREDENTIALS_REJECTED',
    })
    expect(stack.endpoint.exchanges).toHaveLength(2)

    await stack.install({ generation: 2 })
    stack.endpoint.answers(() => stack.endpoint.token({ text: 'new' }))
    expect(text(await issue(run, { scopes: ['a'] }))).toBe('new')
  })

  test('an outage is reported at once to all, tried again after a growing pause, and over with the first token', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable', 60_000))

    const failures = await Promise.allSettled(Array.from({ length: 10 }, () => issue(run, both)))
    expect(new Set(failures.map(({ status }) => status))).toEqual(new Set(['rejected']))
    const untilThen = { reason: 'TRACKUNIT_UNAVAILABLE', retryAfterMs: justUnder(60_000) }
    await expect(issue(run, both)).rejects.toMatchObject(untilThen)
    await expect((await stack.startReplica())(run, both)).rejects.toMatchObject(untilThen)
    expect(stack.endpoint.exchanges).toHaveLength(1)

    await stack.passTime(60_000)
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))
    await expect(issue(run, both)).rejects.toMatchObject({
      reason: 'TRACKUNIT_UNAVAILABLE',
      retryAfterMs: justUnder(2_000),
    })
    expect(await stack.sql`select in_a_row from exchange_pauses`).toEqual([{ in_a_row: 2 }])

    await stack.passTime(2_000)
    stack.endpoint.answers(() => stack.endpoint.token())
    expect(text(await issue(run, both))).toBe('token-3')
    expect(await stack.sql`select from exchange_pauses`).toEqual([])
  })

  test('valid tokens are still served', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    await issue(run, both)
    stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))
    await expect(issue(run, { scopes: ['a'] })).rejects.toMatchObject({ reason: 'TRACKUNIT_UNAVAILABLE' })

    expect(text(await issue(run, both))).toBe('token-1')
    expect(text(await (await stack.startReplica())(run, both))).toBe('token-1')
  })

  test('Retry-After is obeyed, by every replica and for every scope set of the account', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    const other = await stack.startReplica()
    stack.endpoint.answers(() => stack.endpoint.failure('rate-limited', 120_000))

    const limited = (leftMs: number) => ({ reason: 'TRACKUNIT_RATE_LIMITED', retryAfterMs: justUnder(leftMs) })
    await expect(issue(run, both)).rejects.toMatchObject(limited(120_000))
    await stack.passTime(60_000)
    await expect(other(run, both)).rejects.toMatchObject(limited(60_000))
    await expect(other(run, { scopes: ['a'] })).rejects.toMatchObject(limited(60_000))
    expect(stack.endpoint.exchanges).toHaveLength(1)

    await stack.passTime(60_000)
    stack.endpoint.answers(() => stack.endpoint.token())
    expect(text(await other(run, both))).toBe('token-2')
  })

  test('a scope set that Trackunit refuses holds back no other', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    stack.endpoint.answers(() => stack.endpoint.failure('plan-required'))
    await expect(issue(run, both)).rejects.toMatchObject({ reason: 'PLAN_REQUIRED', retryAfterMs: justUnder(60_000) })
    await expect(issue(run, both)).rejects.toMatchObject({ reason: 'PLAN_REQUIRED' })
    expect(stack.endpoint.exchanges).toHaveLength(1)

    stack.endpoint.answers(() => stack.endpoint.token())
    expect(text(await issue(run, { scopes: ['a'] }))).toBe('token-2')
  })

  test('a re-install clears the pauses of the credentials before it', async () => {
    await using stack = await createTokenStack(database)
    await stack.install()
    const issue = await stack.startReplica()
    stack.endpoint.answers(() => stack.endpoint.failure('invalid-client'))
    await expect(issue(run, both)).rejects.toMatchObject({ reason: 'CREDENTIALS_REJECTED' })

    await stack.install({ generation: 2 })
    stack.endpoint.answers(() => stack.endpoint.token())
    expect(text(await issue(run, both))).toBe('token-2')
  })
})

test('each account shows since when Trackunit fails, and until when it limits requests', async () => {
  await using stack = await createTokenStack(database)
  await stack.install()
  const issue = await stack.startReplica()
  const trouble = () => findTrackunitTrouble(stack.db, account)
  expect(await trouble()).toEqual({ unavailableSince: null, limitedUntil: null })

  stack.endpoint.answers(() => stack.endpoint.failure('unavailable'))
  await issue(run, both).catch(() => {})
  const since = (await trouble()).unavailableSince
  expect(since).toBeInstanceOf(Date)
  await stack.passTime(60_000)
  await issue(run, both).catch(() => {})
  expect((await trouble()).unavailableSince?.getTime()).toBe((since?.getTime() ?? 0) - 60_000) // Since the first failure.

  await stack.passTime(60_000)
  stack.endpoint.answers(() => stack.endpoint.failure('rate-limited', 120_000))
  await issue(run, both).catch(() => {})
  expect(await trouble()).toEqual({ unavailableSince: null, limitedUntil: expect.any(Date) })

  await stack.passTime(120_000)
  expect(await trouble()).toEqual({ unavailableSince: null, limitedUntil: null })
})

test('invariant 17: a token that lacks a scope is not handed out', async () => {
  await using stack = await createTokenStack(database)
  await stack.install()
  stack.endpoint.answers(() => stack.endpoint.token({ granted: ['a'] }))

  await expect((await stack.startReplica())(run, both)).rejects.toMatchObject({
    reason: 'SCOPE_NOT_GRANTED',
    message: expect.stringContaining('b'),
  })
})
