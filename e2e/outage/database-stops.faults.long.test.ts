import { expect, test } from 'vitest'
import { accountId, otherAccountId } from '../stack.ts'
import { startOutageStack, warmUp } from './outage-stack.ts'

test('invariant 16: a database that stops is bridged for a while, and reads before it serves when it is back', async () => {
  await using stack = await startOutageStack({ outageServeS: 8 })
  const refused = { status: 503, body: { reason: 'STORAGE_UNAVAILABLE' } }

  await warmUp(stack)
  await stack.database.kill()
  await stack.healthIs(200, 'down')
  expect((await stack.ask()).status).toBe(200)
  expect(await stack.ask({ accountId, scopes: ['account.site.manage'] })).toMatchObject({
    body: { reason: expect.stringMatching(/SCOPE_FORBIDDEN|STORAGE_UNAVAILABLE/) },
  })
  await stack.healthIs(503, 'down')
  expect(await stack.ask()).toMatchObject(refused)

  // Its process stands still until the database is back and has changed: nobody tells it of that.
  process.kill(stack.server().pid, 'SIGSTOP')
  await stack.database.start()
  await stack.sql`update installations set active_generation = null where account_id = ${otherAccountId}`
  process.kill(stack.server().pid, 'SIGCONT')
  await stack.healthIs(200, 'up')
  expect((await stack.ask()).status).toBe(200)
  expect((await stack.ask({ accountId: otherAccountId, scopes: ['asset.view'] })).status).not.toBe(200)

  await warmUp(stack)
  await stack.database.kill()
  await stack.healthIs(200, 'down')
  expect((await stack.ask()).status).toBe(200)
  process.kill(stack.server().pid, 'SIGSTOP')
  await stack.database.start()
  await stack.sql`update service_keys set revoked_at = now()`
  process.kill(stack.server().pid, 'SIGCONT')
  await stack.healthIs(200, 'up')
  expect(await stack.ask()).toMatchObject({ status: 401, body: { reason: 'UNAUTHENTICATED' } })
})
