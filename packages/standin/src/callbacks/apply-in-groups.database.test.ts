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
import { createTakeCallback } from './apply-callback.ts'
import { createTakeTogether } from './apply-together.ts'
import { parseCallback } from './parse-callback.ts'
import type { BelievedCallback } from './verified-callback.ts'

const createStack = prepareCallbackStacks()

const startS = Date.UTC(2025, 2, 1) / 1_000
const accountOf = (number: number) => `${account.slice(0, -6)}${String(number).padStart(6, '0')}`

const believed = (
  body: object,
  { at = 1, bound = true, jwt = 'a jwt' }: { at?: number; bound?: boolean; jwt?: string } = {},
): BelievedCallback => ({
  callback: parseCallback(Buffer.from(JSON.stringify(body))),
  identity: {
    ...{ issuedAt: new Date((startS + at) * 1_000), claimNames: ['iat'], algorithm: 'ES256', issuer: null },
    audiences: [],
  },
  identityDigest: jwt,
  bound,
})

/** A database whose transactions end when the gate of the first of them is open. */
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

const transactionsOf = async ({ connection: { sql } }: CallbackStack) =>
  (await sql`select distinct xmin::text as transaction from callbacks`).length

describe('while one transaction is committed', () => {
  test('invariant 1: what arrives is taken together in the next one, and nothing is answered before it is on disk', async () => {
    const stack = await createStack()
    const { gate, db } = heldAtCommit(stack.db)
    const take = createTakeCallback({ ...stack, db })
    const answered: string[] = []
    const send = (number: number) =>
      take(believed(installed(`client-${number}`, { accountId: accountOf(number) }))).then((status) => {
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

  test('an uninstall waits for no group, and none for it', async () => {
    const stack = await createStack()
    const { gate, db } = heldAtCommit(stack.db)
    const take = createTakeCallback({ ...stack, db })
    const install = take(believed(installed('client-1')))
    await gate.reached
    const uninstall = createTakeCallback(stack)(believed(uninstalled({ accountId: otherAccount })))

    expect(await uninstall).toBe('accepted')
    gate.open()
    expect(await install).toBe('accepted')
  })
})

describe('one of a group costs no other', () => {
  test('what PostgreSQL cannot store fails alone', async () => {
    const stack = await createStack()
    const take = createTakeCallback(stack)
    const good = [1, 2].map((number) => believed(installed('client', { accountId: accountOf(number) })))
    const bad = believed(installed('client', { accountId: accountOf(3) }))
    bad.identity.claimNames.push('nul \0')

    const results = await Promise.allSettled([good[0]!, bad, good[1]!].map((each) => take(each)))

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await stack.rows(accountOf(3))).toEqual([])
    expect(await stack.installation(accountOf(3))).toBeUndefined()
  })

  test('what its JWT may not bring is refused alone, and leaves nothing', async () => {
    const stack = await createStack()
    const take = createTakeCallback(stack)
    const one = (number: number, jwt: string) => believed(installed(`client-${number}`), { jwt })

    const results = await Promise.allSettled([
      ...Array.from({ length: 21 }, (_, number) => take(one(number, 'a greedy jwt'))),
      take(believed({ ...uninstalled(), accountId: otherAccount, type: 'NEWS' }, { jwt: 'another jwt' })),
    ])

    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { reason: 'RATE_LIMITED' } },
    ])
    expect(await stack.rows()).toHaveLength(20)
    const { reason, ...late } = (
      await Promise.allSettled([
        take(believed(installed('client-99', { accountId: accountOf(9) }), { jwt: 'a greedy jwt' })),
      ])
    )[0] as PromiseRejectedResult & { value?: string }
    expect([reason, late]).toEqual([undefined, { status: 'fulfilled', value: 'accepted' }])
  })

  test('an account that somebody has locked is waited for apart', async () => {
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
    const take = createTakeCallback(stack)
    const stuck = take(believed(installed('client-2'), { at: 9e6 }))
    const free = take(believed(installed('client', { accountId: otherAccount })))

    expect(await free).toBe('accepted')
    expect(await take(believed(installed('client', { accountId: accountOf(3) })))).toBe('accepted')
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

test('invariant 2: callbacks that are taken together come to what they come to one after another', async () => {
  const stack = await createStack()
  const { sql } = stack.connection
  const takeTogether = createTakeTogether(stack)
  const empty = () =>
    sql`with a as (delete from callbacks), b as (delete from credentials), c as (delete from installations),
      d as (delete from installation_events) delete from audit_entries`

  /** All that is left of it, but for what is random or of the moment. */
  async function left(): Promise<unknown> {
    const tables = ['callbacks', 'credentials', 'installations', 'installation_events', 'audit_entries']
    const rows = await Promise.all(
      tables.map((table) => sql.unsafe(`select * from ${table} order by account_id, ${orderOf[table]}`)),
    )
    const random = [
      'id',
      'sealed_secret',
      'sealed_body',
      'received_at',
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
    callbacks: 'content_digest, issued_at, outcome, identity_digest',
    credentials: 'generation',
    installations: 'account_id',
    installation_events: 'id',
    audit_entries: 'id',
  }

  await fc.assert(
    fc.asyncProperty(
      fc.array(arrivals, { maxLength: 3 }),
      fc.array(arrivals, { minLength: 2, maxLength: 6 }),
      async (earlier, group) => {
        const taken = ({ body: { type, client, accountId }, ...how }: (typeof group)[number]) => {
          const body =
            type === 'INSTALLED' ? installed(client, { accountId }) : { type, irisAppId: appId, accountId, client }
          // A bound uninstall is taken by itself.
          return believed(body, { ...how, bound: how.bound && type !== 'UNINSTALLED' })
        }
        async function play(take: (callbacks: BelievedCallback[]) => Promise<unknown>) {
          await empty()
          for (const each of earlier) {
            await takeTogether([taken(each)])
            // What it has brought, then the ones in force that it may have cast doubt on: one at a time.
            await stack.prover.proveDue()
            await stack.prover.proveDue()
          }
          const outcomes = await take(group.map(taken))
          return { outcomes, left: await left() }
        }
        const together = await play(takeTogether)
        const oneByOne = await play(async (callbacks) => {
          const outcomes = []
          for (const each of callbacks) outcomes.push(...(await takeTogether([each])))
          return outcomes
        })
        expect(statusesOf(together.outcomes)).toEqual(statusesOf(oneByOne.outcomes))
        expect(together.left).toEqual(oneByOne.left)
      },
    ),
    { numRuns: 20 },
  )
}, 60_000)

const statusesOf = (outcomes: unknown) => (outcomes as { status?: string }[]).map(({ status }) => status ?? 'refused')

test('groups of two replicas with the same accounts in another order wait for each other, never in a circle', async () => {
  const stack = await createStack()
  await using other = stack.connectAgain()
  const [here, there] = [createTakeTogether(stack), createTakeTogether({ ...stack, db: other.db })]
  for (let round = 0; round < 10; round++) {
    const numbers = Array.from({ length: 100 }, (_, index) => round * 100 + index)
    const group = numbers.map((number) =>
      believed(installed('client', { accountId: accountOf(number) }), { jwt: `jwt-${number}` }),
    )
    await Promise.all([here(group), there(group.toReversed())])
  }
  expect(await stack.rows(accountOf(777))).toHaveLength(1)
})
