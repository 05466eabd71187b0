import { expect, test } from 'vitest'
import { longTest } from '../../packages/standin/test/long-test.ts'
import { accountId } from '../stack.ts'
import { startCallers, startOutageStack, warmUp } from './outage-stack.ts'

test('invariant 16: whenever and however often the database stops, callers are served and the server recovers', async () => {
  await using stack = await startOutageStack({ outageServeS: 600 })
  const { endsAtMs } = longTest()
  for (let outages = 1; performance.now() < endsAtMs; outages++) {
    await warmUp(stack)
    const callers = startCallers(stack, 4)
    await callers.more(20)
    await stack.database.kill() // While callers are asking.
    await stack.healthIs(200, 'down')
    await callers.more(50)
    await stack.database.start()
    await stack.healthIs(200, 'up')
    await callers.more(20)
    await callers.end()
    process.stderr.write(`${outages} outages\n`)
  }
  expect((await stack.ask({ accountId, scopes: ['asset.view'] })).status).toBe(200)
  expect(JSON.parse(await stack.operator('audit', 'verify', '--json'))).toMatchObject({ problems: [] })
})
