import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { createGate } from '../test/gate.ts'
import { account, createRunStack, otherAccount } from '../test/run-stack.ts'
import { createTestDatabase, type TestDatabase } from '../test/test-database.ts'
import { openTestReplica } from '../test/test-replica.ts'
import { createTokenStack } from '../test/token-stack.ts'
import { startWorking, withRuns } from '../test/with-runs.ts'
import { recordInstallationEvent } from './accounts/installation-event-store.ts'
import { streamInstallationEvents } from './accounts/installation-events.ts'
import { defineAction } from './actions/define-action.ts'
import { inTransaction } from './context.ts'
import { connectDatabase } from './database/database.ts'

let database: TestDatabase
/** A database that notifies nobody, as behind a proxy that does not pass LISTEN on. */
beforeAll(async () => {
  database = await createTestDatabase()
  const { sql, close } = connectDatabase(database.url, { pool: 1 })
  await sql`create function public.pg_notify(text, text) returns void language plpgsql as 'begin end'`
  const [row] = await sql`select quote_ident(current_database()) as name`
  await sql.unsafe(`alter database ${row?.name} set search_path = public, pg_catalog`)
  await close()
})
afterAll(() => database.drop())

const endsInTime = { timeout: 60_000 }

test('a replica that waits for the exchange of another one has its token', endsInTime, async () => {
  await using stack = await createTokenStack(database)
  await stack.install()
  const [first, second] = [await stack.startReplica(), await stack.startReplica()]
  // On a busy machine the first probe of the database can be late.
  for (const { watch } of [first, second]) await vi.waitUntil(() => !watch.isDown(), endsInTime)
  const { arrived, release } = stack.endpoint.hold()
  const receiver = { kind: 'system', id: 'run 1' } as const

  const early = first(receiver, { scopes: ['a'] })
  await arrived
  const late = second(receiver, { scopes: ['a'] })
  release()

  expect((await late).accessToken.reveal()).toBe((await early).accessToken.reveal())
  expect(stack.endpoint.exchanges).toHaveLength(1)
})

test('runs are worked on, followed and cancelled, and the feed is read, by polling alone', endsInTime, async () => {
  const begun = createGate()
  const actions = [
    defineAction({
      id: 'endless',
      title: 'Endless',
      description: 'Works until it is stopped, or ends at once.',
      input: z.object({ endless: z.boolean() }),
      scopes: [],
      changesData: false,
      mayOverlap: true,
      async run({ input, checkpoint, signal }) {
        if (input.endless) void begun.pass()
        for (let nth = 0; input.endless; nth++) {
          signal.throwIfAborted()
          await checkpoint(nth)
        }
      },
    }),
  ]
  await using stack = await createRunStack({ database, actions })
  const heard: string[] = []
  for (const channel of ['run_due', 'run_event', 'run_cancel', 'installation_event'] as const)
    await stack.listener.on(channel, (payload) => heard.push(`${channel} ${payload}`))
  const replica = openTestReplica(database, { clock: stack.clock })
  onTestFinished(replica.close)
  await using _working = await startWorking(withRuns(replica.ctx, actions))
  const stop = AbortSignal.timeout(endsInTime.timeout)

  const feed = streamInstallationEvents(stack.ctx, { accounts: async () => 'all', afterSeq: 0, signal: stop })
  const firstEvent = feed.next()
  const statesOf = async (id: string) => {
    const states: string[] = []
    for await (const event of stack.events.stream(id, { afterSeq: 0, signal: stop }))
      if (event.type === 'state') states.push(event.state)
    return states
  }
  const ended = await stack.start({ input: { endless: false } })
  const endless = await stack.start({ input: { endless: true }, accountId: otherAccount })
  const streams = Promise.all([statesOf(ended.id), statesOf(endless.id)])
  await inTransaction(stack.ctx, (tx) => recordInstallationEvent(tx, { accountId: account, type: 'active' }))
  await begun.reached
  await stack.cancel(endless.id)

  expect(await streams).toEqual([
    ['queued', 'running', 'succeeded'],
    ['queued', 'running', 'cancelling', 'cancelled'],
  ])
  expect(await firstEvent).toMatchObject({ value: { type: 'active' } })
  await feed.return(undefined)
  expect(heard).toEqual([])
})
