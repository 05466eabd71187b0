import { expect, test } from 'vitest'
import { until } from '../../scripts/part.ts'
import { accountId, otherAccountId } from '../stack.ts'
import { startCallers, startOutageStack, warmUp } from './outage-stack.ts'

/** Server and database start several times in each test: a busy machine takes much longer. */

test('invariant 18: the audit has every token that was handed out, although server and database are killed', async () => {
  await using stack = await startOutageStack({ outageServeS: 600 })
  const before = await stack.recorded()
  const callersAtOnce = 8
  const callers = startCallers(stack, callersAtOnce)

  // With the database up.
  await callers.more(200)
  await stack.killServer()
  await stack.startServer()
  await callers.more(200)
  // With the database down: from memory, into the spool.
  await stack.database.kill()
  await stack.healthIs(200, 'down')
  await callers.more(200)
  expect(await stack.spooled()).toBe(1)
  await stack.killServer()
  await stack.database.start()
  await stack.startServer()
  await callers.more(50)
  await callers.end()
  await until('the spool to be recorded', async () => {
    const recorded = await stack.recorded()
    return [...callers.seen].every(([fingerprint, times]) => (recorded.get(fingerprint) ?? 0) >= times)
  })

  const recorded = await stack.recorded()
  expect(new Set(callers.seen.keys()).isSubsetOf(new Set(recorded.keys()))).toBe(true)
  expect(new Set(recorded.keys()).difference(new Set([...callers.seen.keys(), ...before.keys()]))).toEqual(new Set())
  // At most one surplus row per caller and kill: a killed server does not deliver a token that it has recorded, and a
  // database that dies after a commit makes the server record the token once more, in the spool.
  const rows = [...recorded].reduce((sum, [fingerprint, times]) => sum + times - (before.get(fingerprint) ?? 0), 0)
  expect(rows).toBeGreaterThanOrEqual(callers.count())
  expect(rows - callers.count()).toBeLessThanOrEqual(3 * callersAtOnce)
  const [spooled] = await stack.sql`
    select count(*)::int as rows, count(distinct left_as)::int as ids from hand_out_groups
    join hand_out_kinds using (month, writer) where kind = no and left_as is not null`
  expect(spooled?.rows).toBe(spooled?.ids)
  expect(spooled?.rows).toBeGreaterThanOrEqual(200)
  expect(JSON.parse(await stack.operator('audit', 'verify', '--json'))).toMatchObject({ problems: [] })
})

test('invariant 16: a database outage is bridged for a limited time, and changes made in the meantime count when it ends', async () => {
  // No step depends on timing: an outage is bridged for ten minutes, or for a second where the end is tested.
  await using stack = await startOutageStack({ outageServeS: 600 })
  const wish = { accountId, scopes: ['account.view'] }
  const changedMeanwhile = async (change: () => Promise<unknown>) => {
    await warmUp(stack)
    await stack.database.kill()
    await stack.healthIs(200, 'down')
    expect((await stack.ask(wish)).status).toBe(200)
    // The server is stopped until the database is back and changed, so that no notification tells it.
    process.kill(stack.server().pid, 'SIGSTOP')
    await stack.database.start()
    await change()
    process.kill(stack.server().pid, 'SIGCONT')
    await stack.healthIs(200, 'up')
  }

  await changedMeanwhile(
    () => stack.sql`update installations set active_generation = null where account_id = ${otherAccountId}`,
  )
  expect((await stack.ask(wish)).status).toBe(200)
  expect((await stack.ask({ accountId: otherAccountId, scopes: ['asset.view'] })).status).not.toBe(200)

  const lesserGrant = ['grants', 'set', '--service', 'callers', '--account', 'all', '--scopes', 'account.view']
  await changedMeanwhile(() => stack.operator(...lesserGrant))
  expect((await stack.ask(wish)).status).toBe(200)
  expect((await stack.ask({ accountId, scopes: ['asset.view'] })).body.reason).toBe('SCOPE_FORBIDDEN')

  await changedMeanwhile(() => stack.sql`update service_keys set revoked_at = now()`)
  expect(await stack.ask(wish)).toMatchObject({ status: 401, body: { reason: 'UNAUTHENTICATED' } })

  await stack.sql`update service_keys set revoked_at = null`
  await stack.killServer()
  await stack.startServer({ OUTAGE_SERVE_S: '1' })
  expect((await stack.ask(wish)).status).toBe(200)
  await stack.database.kill()
  await stack.healthIs(503, 'down')
  expect(await stack.ask(wish)).toMatchObject({ status: 503, body: { reason: 'STORAGE_UNAVAILABLE' } })
  await stack.database.start()
  await stack.healthIs(200, 'up')
  expect((await stack.ask(wish)).status).toBe(200)
})
