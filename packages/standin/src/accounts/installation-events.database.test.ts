import { setImmediate as turn } from 'node:timers/promises'
import type { AccountEvent, InstallationEvent } from '@standin/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { emptyTables } from '../../test/empty-tables.ts'
import { patiently } from '../../test/patiently.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { openTestReplica, type TestReplica } from '../../test/test-replica.ts'
import type { GrantedAccounts } from '../access/authorize.ts'
import { inTransaction } from '../context.ts'
import { connectDatabase } from '../database/database.ts'
import { type AccountsContext, createAccountsMemory } from './accounts-context.ts'
import { listInstallationEvents, recordInstallationEvent } from './installation-event-store.ts'
import { streamInstallationEvents, wakeEventReaders } from './installation-events.ts'

const accounts = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`)
const [first = '', second = ''] = accounts

let database: TestDatabase
let replica: TestReplica
let ctx: AccountsContext
beforeAll(async () => {
  database = await createTestDatabase()
  replica = openTestReplica(database)
  ctx = { ...replica.ctx, accounts: createAccountsMemory({ whenUninstalled: [], whenErasing: [], awaitingWork: [] }) }
  const wake = () => wakeEventReaders(ctx)
  for (const channel of ['installation_event', 'access_changed'] as const)
    await replica.ctx.listener.on(channel, wake, wake)
})
afterAll(async () => {
  await replica.close()
  await database.drop()
})

/** A transaction that has written an event and is not committed yet. */
async function tell(accountId: string, type: AccountEvent['type'] = 'active') {
  const [told, go] = [Promise.withResolvers<void>(), Promise.withResolvers<'commit' | 'roll back'>()]
  const done = inTransaction(ctx, async (tx) => {
    await recordInstallationEvent(tx, { accountId, type })
    told.resolve()
    if ((await go.promise) === 'roll back') throw new Error('rolled back')
  }).catch(() => {})
  await told.promise
  const end = (how: 'commit' | 'roll back') => {
    go.resolve(how)
    return done
  }
  return { commit: () => end('commit'), rollBack: () => end('roll back') }
}

/** Reads the events after a given one into a list. */
function follow(read: { afterSeq?: number; accounts?: () => Promise<GrantedAccounts | undefined> } = {}) {
  const stop = new AbortController()
  const seen: InstallationEvent[] = []
  const { afterSeq = 0, accounts: readable = async () => 'all' as const } = read
  const ended = (async () => {
    for await (const event of streamInstallationEvents(ctx, { accounts: readable, afterSeq, signal: stop.signal }))
      seen.push(event)
  })()
  return {
    seen,
    ended,
    accounts: () => seen.map(({ accountId }) => accountId),
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

describe('installation events', () => {
  test('an event committed after a newer one is delivered after it, also to a reader that reconnected in between', async () => {
    await emptyTables(replica.sql)
    const early = await tell(first)
    const late = await tell(second)
    await late.commit()
    const before = follow()
    await vi.waitFor(() => expect(before.accounts()).toEqual([second]), patiently)
    const lastSeq = before.seen.at(-1)?.seq ?? 0
    await early.commit()

    await vi.waitFor(() => expect(before.accounts()).toEqual([second, first]), patiently)
    const back = follow({ afterSeq: lastSeq })
    await vi.waitFor(() => expect(back.accounts()).toEqual([first]), patiently)
    await Promise.all([before.stop(), back.stop()])
  })

  test('every reader sees every event once and in the same order, whatever the order of commits and reconnections', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('tell' as const), account: fc.nat(3) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), which: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('roll back' as const), which: fc.nat(9) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('reconnect' as const), which: fc.nat(9) }) },
    )
    const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      await emptyTables(replica.sql)
      const open: Array<{ account: string } & Awaited<ReturnType<typeof tell>>> = []
      const committed: string[] = []
      const whole = follow()
      const pieces: InstallationEvent[] = []
      let piece = follow()
      for (const each of steps) {
        if (each.do === 'tell' && open.length < 5) {
          const account = accounts[each.account] ?? first
          open.push({ account, ...(await tell(account)) })
        } else if (each.do === 'commit' || each.do === 'roll back') {
          const [ended] = open.splice(each.which % Math.max(open.length, 1), 1)
          if (each.do === 'commit' && ended) committed.push(ended.account)
          await (each.do === 'commit' ? ended?.commit() : ended?.rollBack())
        } else if (each.do === 'reconnect') {
          for (let turns = 0; turns < each.which; turns++) await turn()
          await piece.stop()
          pieces.push(...piece.seen)
          piece = follow({ afterSeq: pieces.at(-1)?.seq ?? 0 })
        }
      }
      for (const ended of open) {
        committed.push(ended.account)
        await ended.commit()
      }
      await vi.waitFor(() => {
        expect(whole.seen).toHaveLength(committed.length)
        expect([...pieces, ...piece.seen]).toEqual(whole.seen)
      }, patiently)
      expect(whole.accounts().sort()).toEqual([...committed].sort())
      await Promise.all([whole.stop(), piece.stop()])
    })
    await fc.assert(property, { numRuns: 25 })
  })

  test('events of accounts without a grant are withheld; a new grant takes effect at once, also on an open stream', async () => {
    await emptyTables(replica.sql)
    let granted: GrantedAccounts = [first]
    const reader = follow({ accounts: async () => granted })
    await (await tell(second)).commit()
    await (await tell(first)).commit()
    await vi.waitFor(() => expect(reader.accounts()).toEqual([first]), patiently)

    granted = [first, second]
    await (await tell(second)).commit()

    await vi.waitFor(() => expect(reader.accounts()).toEqual([first, second]), patiently)
    await reader.stop()
  })

  test('a stream ends at once when its key is no longer valid', async () => {
    await emptyTables(replica.sql)
    let granted: GrantedAccounts | undefined = 'all'
    const reader = follow({ accounts: async () => granted })
    await (await tell(first)).commit()
    await vi.waitFor(() => expect(reader.seen).toHaveLength(1), patiently)

    granted = undefined
    await replica.sql`select pg_notify('access_changed', '')`

    await reader.ended
  })

  test('PostgreSQL plans the read of the feed once, however many events there are', async () => {
    await emptyTables(replica.sql)
    await replica.sql`insert into installation_events (seq, at, account_id, type)
      select seq, now(), ${first}, 'active' from generate_series(1, 50000) as seq`
    await replica.sql`analyze installation_events`
    const { db, sql, close } = connectDatabase(database.url, { pool: 1 })

    for (let after = 0; after < 8; after++) await listInstallationEvents({ ...ctx, db }, 'all', { after, limit: 100 })
    const [planned] = await sql`select custom_plans::int as each, generic_plans::int as once from pg_prepared_statements
      where statement like '%"installation_events"%' and statement not like '%pg_prepared_statements%'`
    await close()

    // PostgreSQL always plans the first five executions, to compare the costs.
    expect(planned).toEqual({ each: 5, once: 3 })
  })
})
