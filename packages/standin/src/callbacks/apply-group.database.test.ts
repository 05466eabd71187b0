import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  account,
  appId,
  type CallbackStack,
  installed,
  otherAccount,
  prepareCallbackStacks,
  uninstalled,
} from '../../test/callback-stack.ts'
import { createGate } from '../../test/gate.ts'
import type { Database } from '../database/database.ts'
import { applyCallback } from './apply-callback.ts'
import { applyGroup } from './apply-group.ts'
import { createCallbacksMemory } from './callbacks-context.ts'
import { parseCallback } from './parse-callback.ts'
import type { VerifiedCallback } from './verified-callback.ts'

const createStack = prepareCallbackStacks()

const startS = Date.UTC(2025, 2, 1) / 1_000
const accountOf = (number: number) => `${account.slice(0, -6)}${String(number).padStart(6, '0')}`

const verified = (
  body: object,
  { at = 1, bound = true, jwt = 'a jwt' }: { at?: number; bound?: boolean; jwt?: string } = {},
): VerifiedCallback => ({
  callback: parseCallback(Buffer.from(JSON.stringify(body))),
  identity: {
    issuedAt: new Date((startS + at) * 1_000),
    expired: false,
    claimNames: ['iat'],
    algorithm: 'ES256',
    issuer: null,
    audiences: [],
  },
  identityDigest: jwt,
  bound,
})

/** A database whose transactions wait for the first one, which waits for the gate. */
function heldAtCommit(db: Database) {
  const gate = createGate()
  const transaction: Database['transaction'] = (work, options) =>
    db.transaction(async (tx) => {
      const done = await work(tx)
      await gate.pass()
      return done
    }, options)
  return {
    gate,
    db: new Proxy(db, { get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)) }),
  }
}

/** A replica's `applyCallback`, with groups of its own. */
function applierOf({ ctx }: CallbackStack, db: Database = ctx.db) {
  const replica = { ...ctx, db }
  const applying = { ...replica, callbacks: createCallbacksMemory(replica) }
  return async (callback: VerifiedCallback) => (await applyCallback(applying, callback)).status
}

const transactionsOf = async ({ connection: { sql } }: CallbackStack) =>
  (await sql`select distinct xmin::text as transaction from callbacks`).length

describe('while one transaction commits', () => {
  test('invariant 1: callbacks that arrive are applied together in the next one, and none is answered before it is on disk', async () => {
    const stack = await createStack()
    const { gate, db } = heldAtCommit(stack.db)
    const apply = applierOf(stack, db)
    const answered: string[] = []
    const send = (number: number) =>
      apply(verified(installed(`client-${number}`, { accountId: accountOf(number) }))).then((status) => {
        answered.push(status)
      })

    const first = send(1)
    await gate.reached
    const others = [2, 3, 4, 5].map(send)
    await new Promise(setImmediate)
    expect(answered).toEqual([])
    expect(await transactionsOf(stack)).toBe(0)
    gate.open()
    await Promise.all([first, ...others])

    expect(answered).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'accepted'])
    expect(await transactionsOf(stack)).toBe(2)
    for (const number of [1, 2, 3, 4, 5])
      expect(await stack.rows(accountOf(number))).toMatchObject([{ state: 'pending' }])
  })

  test('an uninstall and a group do not wait for each other', async () => {
    const stack = await createStack()
    const { gate, db } = heldAtCommit(stack.db)
    const apply = applierOf(stack, db)
    const install = apply(verified(installed('client-1')))
    await gate.reached
    const uninstall = applierOf(stack)(verified(uninstalled({ accountId: otherAccount })))

    expect(await uninstall).toBe('accepted')
    gate.open()
    expect(await install).toBe('accepted')
  })
})

describe('a bad callback affects no other of its group', () => {
  test('one that PostgreSQL cannot store fails alone', async () => {
    const stack = await createStack()
    const apply = applierOf(stack)
    const good = [1, 2].map((number) => verified(installed('client', { accountId: accountOf(number) })))
    const bad = verified(installed('client', { accountId: accountOf(3) }))
    bad.identity.claimNames.push('nul \0')

    const results = await Promise.allSettled([good[0]!, bad, good[1]!].map((each) => apply(each)))

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await stack.rows(accountOf(3))).toEqual([])
    expect(await stack.installation(accountOf(3))).toBeUndefined()
  })

  test('one beyond the quota of its JWT is refused alone, and leaves nothing', async () => {
    const stack = await createStack()
    const apply = applierOf(stack)
    const one = (number: number, jwt: string) => verified(installed(`client-${number}`), { jwt })

    const results = await Promise.allSettled([
      ...Array.from({ length: 21 }, (_, number) => apply(one(number, 'a greedy jwt'))),
      apply(verified({ ...uninstalled(), accountId: otherAccount, type: 'NEWS' }, { jwt: 'another jwt' })),
    ])

    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { reason: 'RATE_LIMITED' } },
    ])
    expect(await stack.rows()).toHaveLength(20)
    const { reason, ...late } = (
      await Promise.allSettled([
        apply(verified(installed('client-99', { accountId: accountOf(9) }), { jwt: 'a greedy jwt' })),
      ])
    )[0] as PromiseRejectedResult & { value?: string }
    expect([reason, late]).toEqual([undefined, { status: 'fulfilled', value: 'accepted' }])
  })

  test('one whose account is locked waits alone', async () => {
    const stack = await createStack()
    await stack.send(installed('client-1'))
    await using other = stack.connectAgain()
    const gate = createGate()
    using _ = { [Symbol.dispose]: gate.open }
    const locking = other.sql.begin(async (tx) => {
      await tx`select from installations for update`
      await gate.pass()
    })
    await gate.reached
    const apply = applierOf(stack)
    const stuck = apply(verified(installed('client-2'), { at: 9e6 }))
    const free = apply(verified(installed('client', { accountId: otherAccount })))

    expect(await free).toBe('accepted')
    expect(await apply(verified(installed('client', { accountId: accountOf(3) })))).toBe('accepted')
    expect(await stack.rows()).toHaveLength(1)
    gate.open()
    await locking
    expect(await stuck).toBe('accepted')
    expect(await stack.rows()).toHaveLength(2)
  })
})

const bodies = fc.record({
  type: fc.constantFrom('INSTALLED', 'INSTALLED', 'INSTALLED', 'UNINSTALLED', 'NEWS'),
  client: fc.constantFrom('a', 'b', 'c'),
  accountId: fc.constantFrom(account, otherAccount),
})
const arrivals = fc.record({
  body: bodies,
  at: fc.integer({ min: 1, max: 4 }),
  bound: fc.boolean(),
  jwt: fc.constantFrom('one', 'two'),
})

test('invariant 2: callbacks applied together have the same outcome as one after another', async () => {
  const stack = await createStack()
  const { sql } = stack.connection
  const together = (callbacks: VerifiedCallback[]) => applyGroup(stack.ctx, callbacks)
  const empty = () =>
    sql`with a as (delete from callbacks), b as (delete from credentials), c as (delete from installations),
      d as (delete from unnumbered_events), e as (delete from callback_identities) delete from audit_entries`

  /** Everything that is stored, without random values and times. */
  async function left(): Promise<unknown> {
    const tables = [
      'callbacks',
      'credentials',
      'installations',
      'unnumbered_events',
      'callback_identities',
      'audit_entries',
    ]
    const rows = await Promise.all(
      tables.map((table) => sql.unsafe(`select * from ${table} order by account_id, ${orderOf[table]}`)),
    )
    const random = [
      'id',
      'sealed_secret',
      'sealed_body',
      'received_at',
      'recorded_at',
      'entry_id',
      'entry_mac',
      'at',
      'since',
      'changed_at',
    ]
    return rows.map((each) =>
      each.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, random.includes(name) ? value !== null : value]),
        ),
      ),
    )
  }
  const orderOf: Record<string, string> = {
    callbacks: 'content_digest, issued_at, outcome',
    callback_identities: 'identity_digest, content_digest, issued_at',
    credentials: 'generation',
    installations: 'account_id',
    unnumbered_events: 'type',
    audit_entries: 'id',
  }

  await fc.assert(
    fc.asyncProperty(
      fc.array(arrivals, { maxLength: 3 }),
      fc.array(arrivals, { minLength: 2, maxLength: 6 }),
      async (earlier, group) => {
        const toVerified = ({ body: { type, client, accountId }, ...how }: (typeof group)[number]) => {
          const body =
            type === 'INSTALLED' ? installed(client, { accountId }) : { type, irisAppId: appId, accountId, client }
          // A bound uninstall is applied alone.
          return verified(body, { ...how, bound: how.bound && type !== 'UNINSTALLED' })
        }
        async function play(apply: (callbacks: VerifiedCallback[]) => Promise<unknown>) {
          await empty()
          for (const each of earlier) {
            await together([toVerified(each)])
            // First its credentials, then those in force that it may have contradicted: one at a time.
            await stack.prover.proveDue()
            await stack.prover.proveDue()
          }
          const outcomes = await apply(group.map(toVerified))
          return { outcomes, left: await left() }
        }
        const inOneGroup = await play(together)
        const oneByOne = await play(async (callbacks) => {
          const outcomes = []
          for (const each of callbacks) outcomes.push(...(await together([each])))
          return outcomes
        })
        expect(statusesOf(inOneGroup.outcomes)).toEqual(statusesOf(oneByOne.outcomes))
        expect(inOneGroup.left).toEqual(oneByOne.left)
      },
    ),
    { numRuns: 20 },
  )
})

const statusesOf = (outcomes: unknown) => (outcomes as { status?: string }[]).map(({ status }) => status ?? 'refused')

test('groups of two replicas with the same accounts in another order never deadlock', async () => {
  const stack = await createStack()
  await using other = stack.connectAgain()
  const elsewhere = { ...stack.ctx, db: other.db }
  for (let round = 0; round < 10; round++) {
    const numbers = Array.from({ length: 100 }, (_, index) => round * 100 + index)
    const group = numbers.map((number) =>
      verified(installed('client', { accountId: accountOf(number) }), { jwt: `jwt-${number}` }),
    )
    await Promise.all([applyGroup(stack.ctx, group), applyGroup(elsewhere, group.toReversed())])
  }
  expect(await stack.rows(accountOf(777))).toHaveLength(1)
})
