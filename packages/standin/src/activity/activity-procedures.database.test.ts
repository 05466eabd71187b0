import { randomUUID } from 'node:crypto'
import type { ListedAuditEntry } from '@standin/contracts'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { account, createAuditStack, handOut } from '../../test/audit-stack.ts'
import { createHttpStack } from '../../test/http-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { actorOf, type Caller } from '../access/caller.ts'
import type { AuditEvent } from '../audit/audit-kinds.ts'
import { type Actor, record } from '../audit/record.ts'
import { contracted, router } from '../http/trpc.ts'
import { auditProcedures } from './activity-procedures.ts'
import { countAudit } from './activity-store.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const other = '22222222-2222-4222-8222-222222222222'
const expiresAt = new Date('2099-01-01')
const anna: Caller = { kind: 'user', id: 'u-1', name: 'Anna', accountId: account, scopes: ['a'], expiresAt }
const reports: Caller = {
  kind: 'service',
  service: 'reports',
  keyId: 'k',
  mac: '',
  grants: [{ accountId: account, scopes: ['a'], mac: '' }],
}
const sweeper: Actor = { kind: 'system', id: 'sweeper' }

/** An audit with rows that a minute each lies between, the first at noon. */
async function createActivity() {
  const stack = await createAuditStack(database)
  const { ctx } = createHttpStack({ logLevel: 'silent' })
  const callAs = (who: Caller) =>
    router(
      auditProcedures({ ...ctx, db: stack.db }, contracted(ctx), { readableActions: () => new Set() }),
    ).createCaller({
      requestId: 'test',
      authenticate: async () => who,
    })
  return Object.assign(stack, {
    callAs,
    did: async (actor: Actor, event: AuditEvent, accountId: string | null = account, details = {}) => {
      await stack.db.transaction((tx) =>
        record({ db: tx, audit: stack.audit }, { actor, event, details, ...(accountId !== null && { accountId }) }),
      )
      stack.clock.advance(60_000)
    },
    list: async (asked: Partial<Parameters<ReturnType<typeof callAs>['list']>[0]> = {}) =>
      (await callAs(anna).list({ accountId: account, ...asked })).entries,
  })
}
const events = (entries: ListedAuditEntry[]) => entries.map(({ event }) => event)

describe('invariant 18: audit.list', () => {
  test('names the actor and the kind of actor', async () => {
    await using activity = await createActivity()
    await activity.did(actorOf(anna), 'run.applied')
    await activity.did(actorOf(reports), 'run.started')
    await activity.did(sweeper, 'credentials.abandoned')
    await activity.startWriter().recordHandOut(handOut({ fingerprint: 'f' }))

    expect((await activity.list()).map(({ actor, event, kind }) => ({ actor, event, kind }))).toEqual([
      { actor: { kind: 'service', id: 'reports', name: 'reports' }, event: 'token.issued', kind: 'read' },
      { actor: { kind: 'system', id: 'sweeper', name: null }, event: 'credentials.abandoned', kind: 'access' },
      { actor: { kind: 'service', id: 'reports', name: 'reports' }, event: 'run.started', kind: 'read' },
      { actor: { kind: 'user', id: 'u-1', name: 'Anna' }, event: 'run.applied', kind: 'changed' },
    ])
  })

  test('shows only the given account, whatever else is asked for', async () => {
    await using activity = await createActivity()
    await activity.did(actorOf(anna), 'filter.saved', other)
    await activity.did(sweeper, 'service-key.created', null)
    await activity.did(actorOf(anna), 'run.started')

    expect(events(await activity.list())).toEqual(['run.started'])
    expect(events(await activity.list({ actorId: 'u-1', kinds: ['read', 'changed', 'sent', 'access'] }))).toEqual([
      'run.started',
    ])
    for (const who of [anna, reports])
      await expect(activity.callAs(who).list({ accountId: other })).rejects.toMatchObject({
        cause: { reason: 'ACCOUNT_FORBIDDEN' },
      })
  })

  test('keeps to the time, both ends included, to the actor and to the kinds', async () => {
    await using activity = await createActivity()
    await activity.did(actorOf(anna), 'run.started') // 12:00
    await activity.did(actorOf(reports), 'filter.saved') // 12:01
    await activity.did(actorOf(anna), 'delivery.sent') // 12:02
    await activity.did(sweeper, 'credentials.parked') // 12:03
    await activity.sql`update audit_entries set event = 'of.an-older-version' where event = 'credentials.parked'`
    const at = (minute: number) => `2025-03-01T12:0${minute}:00.000Z`

    expect(events(await activity.list({ from: at(1), to: at(2) }))).toEqual(['delivery.sent', 'filter.saved'])
    expect(events(await activity.list({ from: at(3) }))).toEqual(['of.an-older-version'])
    expect(events(await activity.list({ to: at(0) }))).toEqual(['run.started'])
    expect(events(await activity.list({ actorId: 'u-1' }))).toEqual(['delivery.sent', 'run.started'])
    expect(events(await activity.list({ actorKinds: ['service', 'system'] }))).toEqual([
      'of.an-older-version',
      'filter.saved',
    ])
    expect(events(await activity.list({ actorKinds: ['user'], kinds: ['sent'] }))).toEqual(['delivery.sent'])
    expect(events(await activity.list({ actorKinds: [] }))).toEqual([])
    expect(events(await activity.list({ kinds: ['read', 'sent'] }))).toEqual(['delivery.sent', 'run.started'])
    expect(events(await activity.list({ kinds: ['access', 'changed'] }))).toEqual([
      'of.an-older-version',
      'filter.saved',
    ])
    expect(events(await activity.list({ kinds: ['read'], actorId: 'reports', from: at(0) }))).toEqual([])
  })

  test('merges the changes of a run into one entry, and lists each of them on request', async () => {
    await using activity = await createActivity()
    const runId = '33333333-3333-4333-8333-333333333333'
    const details = { runId }
    await activity.did(actorOf(anna), 'run.applied')
    for (const event of ['change.made', 'change.refused', 'change.made'] as const)
      await activity.did(actorOf(anna), event, account, details)
    await activity.did(actorOf(anna), 'change.made', account, { runId: '44444444-4444-4444-8444-444444444444' })
    await activity.did(actorOf(anna), 'change.made', other, details)
    await activity.did(actorOf(anna), 'run.changed', account, details)

    expect(events(await activity.list())).toEqual(['run.changed', 'run.applied'])
    expect(events(await activity.list({ kinds: ['changed'] }))).toEqual(['run.changed', 'run.applied'])
    expect(events(await activity.list({ changesOfRun: runId }))).toEqual([
      'change.made',
      'change.refused',
      'change.made',
    ])
    const asked = { accountId: account, changesOfRun: runId, limit: 1 }
    const cursor = (await activity.callAs(anna).list(asked)).nextCursor ?? ''
    expect(events(await activity.list({ ...asked, cursor }))).toEqual(['change.refused'])
  })

  test('counts what all its pages have, of the own account and by the same filter, when it is asked to', async () => {
    await using activity = await createActivity()
    for (let made = 0; made < 4; made++) await activity.did(actorOf(anna), 'run.started')
    await activity.did(actorOf(reports), 'delivery.sent')
    await activity.did(actorOf(anna), 'run.started', other)
    await activity.did(actorOf(anna), 'change.made')
    const total = async (asked: Parameters<typeof activity.list>[0]) =>
      (await activity.callAs(anna).list({ accountId: account, limit: 1, counted: true, ...asked })).total

    expect(await total({})).toEqual({ entries: 5, isExact: true })
    expect(await total({ actorKinds: ['user'], to: '2025-03-01T12:01:00.000Z' })).toEqual({ entries: 2, isExact: true })
    expect(await total({ kinds: ['sent'], actorId: 'reports' })).toEqual({ entries: 1, isExact: true })
    expect(await total({ actorKinds: [] })).toEqual({ entries: 0, isExact: true })
    expect(await total({ counted: false })).toBeNull()
  })

  test('has hand-outs among the rest, page by page in one order, however many there were at once', async () => {
    await using activity = await createActivity()
    const [one, two] = [activity.startWriter(), activity.startWriter('p2')]
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom('one', 'two', 'other', 'done', 'pass'), { maxLength: 25 }),
      fc.integer({ min: 1, max: 7 }),
      async (steps, limit) => {
        activity.clock.advance(1)
        const from = activity.clock.now().toISOString()
        const made: Array<Promise<unknown>> = []
        for (const step of steps) {
          if (step === 'one') made.push(one.recordHandOut(handOut()), one.recordHandOut(handOut({ fingerprint: 'f' })))
          if (step === 'two') made.push(two.recordHandOut(handOut({ fingerprint: 'f' })))
          if (step === 'other')
            made.push(one.recordSpooled({ ...handOut(), entryId: randomUUID(), at: activity.clock.now() }))
          if (step === 'done')
            await record(
              { db: activity.db, audit: activity.audit },
              { actor: sweeper, event: 'run.started', accountId: account },
            )
          if (step === 'pass') activity.clock.advance(1)
        }
        await Promise.all(made)

        const ask = (input: object) => activity.callAs(anna).list({ accountId: account, from, ...input })
        const whole = await ask({ limit: 100, counted: true })
        const pages: ListedAuditEntry[] = []
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page: Awaited<ReturnType<typeof ask>> = await ask({ limit, ...(cursor && { cursor }) })
          pages.push(...page.entries)
          cursor = page.nextCursor
        }
        const count = made.length + steps.filter((step) => step === 'done').length
        expect(whole.total).toEqual({ entries: count, isExact: true })
        expect(new Set(whole.entries.map(({ id }) => id)).size).toBe(count)
        expect(pages).toEqual(whole.entries)
        expect(events((await ask({ kinds: ['read'], actorKinds: ['service'], limit: 100 })).entries)).toHaveLength(
          made.length,
        )
        expect(events((await ask({ kinds: ['sent'] })).entries)).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: 15 })
  })

  test('says that there may be more where there are too many to count', async () => {
    await using activity = await createActivity()
    for (let made = 0; made < 3; made++) await activity.did(actorOf(anna), 'run.started')
    const nothing = { from: undefined, to: undefined, actorId: undefined, actorKinds: undefined }
    const query = { accountId: account, kinds: undefined, changesOfRun: undefined, ...nothing }

    expect(await countAudit(activity.db, query, 3)).toEqual({ entries: 3, isExact: false })
    expect(await countAudit(activity.db, { ...query, kinds: ['sent'] }, 3)).toEqual({ entries: 0, isExact: false })
    expect(await countAudit(activity.db, query, 4)).toEqual({ entries: 3, isExact: true })
  })

  test('comes in pages, the newest first, without a row twice or missed though new ones arrive', async () => {
    await using activity = await createActivity()
    for (let made = 0; made < 5; made++) await activity.did(actorOf(anna), 'run.started')
    const whole = (await activity.list()).map(({ id }) => id)

    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await activity.callAs(anna).list({ accountId: account, limit: 2, ...(cursor && { cursor }) })
      seen.push(...page.entries.map(({ id }) => id))
      cursor = page.nextCursor
      await activity.did(actorOf(anna), 'filter.saved')
    } while (cursor !== null)

    expect(seen).toEqual(whole)
    expect(whole.map(Number)).toEqual(whole.map(Number).toSorted((left, right) => right - left))
    await expect(activity.callAs(anna).list({ accountId: account, cursor: '1; --' })).rejects.toMatchObject({
      cause: { reason: 'INPUT_INVALID' },
    })
  })
})
