import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { closeOrder, countUp } from '../../test/actions/closing-actions.ts'
import { operate } from '../../test/operate.ts'
import { patiently } from '../../test/patiently.ts'
import { account, createRunStack, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const root = join(import.meta.dirname, '../../test')
const commandsOf = { url: database.url, ringText: `k:${'A'.repeat(43)}` }
const standin = (...argv: string[]) => operate(commandsOf, ['run', ...argv], { root })

/** The command beside a worker, which works on what the command starts. */
async function runBeside(stack: RunStack, ...argv: string[]) {
  const ended = standin(...argv)
  const [id = ''] = await vi.waitUntil(async () => {
    const due = await stack.due()
    return due.length > 0 && due
  }, patiently)
  await stack.createWorker().workOn(id)
  return { id, ...(await ended) }
}

test('an action is run to its end, with its progress, its result and its exit code', async () => {
  await using stack = await createRunStack({ database, actions: [countUp, closeOrder] })
  await stack.install()
  const good = await runBeside(stack, 'count-up', '--account', account, '--input', '{"to":5}')
  expect(good).toMatchObject({ exitCode: 0, out: 'Counted to 5.\n' })
  const lines = good.said.split('\n')
  expect(lines[0]).toBe(`Run ${good.id} of count-up.`)
  expect(lines).toEqual(expect.arrayContaining(['Count: running', 'half way', '5 of 5 counted', 'succeeded']))
  expect(await stack.run(good.id)).toMatchObject({ input: { to: 5 }, startedBy: { kind: 'system', id: 'operator' } })

  const bad = await runBeside(stack, 'count-up', '--account', account, '--input', '{"fails":true}', '--json')
  expect(bad.exitCode).toBe(1)
  expect(JSON.parse(bad.out)).toMatchObject({ id: bad.id, state: 'failed', failure: 'There is no such number' })
  expect(bad.said).toContain(`Run ${bad.id} failed: ACTION_FAILED: There is no such number\n`)
})

test('an action that changes data makes its preview, and applies that when it is asked to', async () => {
  await using stack = await createRunStack({ database, actions: [countUp, closeOrder] })
  await stack.install()
  const preview = await runBeside(stack, 'close-order', '--account', account, '--input', '{"order":"77"}')
  expect(preview).toMatchObject({ exitCode: 0, out: '1 change would be made. Nothing has changed yet.\n' })
  expect(preview.said).toContain(`add: --apply ${preview.id}\n`)
  const applied = await runBeside(stack, 'close-order', '--account', account, '--apply', preview.id)
  expect(applied).toMatchObject({ exitCode: 0, out: '1 change made.\n' })
  expect(await stack.run(applied.id)).toMatchObject({ previewRunId: preview.id, input: { order: '77' } })
})

test('a run that waits for another one of its action says so', async () => {
  await using stack = await createRunStack({ database, actions: [countUp] })
  await stack.install()
  const worker = stack.createWorker()
  const first = await stack.start()
  const { promise: waits, resolve: hear } = Promise.withResolvers<void>()
  const second = operate(commandsOf, ['run', 'count-up', '--account', account], {
    root,
    onErr: (text) => text.includes('Earlier runs of the account go first: runs list --account ') && hear(),
  })
  await waits
  await worker.workOn(first.id)
  const [id = ''] = await vi.waitUntil(async () => {
    const due = await stack.due()
    return due.length > 0 && due
  }, patiently)
  await worker.workOn(id)
  expect(await second).toMatchObject({ exitCode: 0, out: 'Counted to 3.\n' })
})

test('what cannot be started is refused at once, and says what there is', async () => {
  await using stack = await createRunStack({ database, actions: [countUp] })
  await stack.install()
  const refused = async (...argv: string[]) => {
    const { exitCode, said } = await standin(...argv)
    return [exitCode, said.trimEnd()]
  }
  expect(await refused('nothing', '--account', account)).toEqual([
    1,
    `There is no action "nothing" in ${join(root, 'actions')}. There are: count-up, close-order.`,
  ])
  expect(await refused('count-up', '--account', account, '--actions', 'nowhere')).toEqual([
    1,
    `There are no actions in ${join(root, 'nowhere')}. Name their folder with --actions.`,
  ])
  expect(await refused('count-up', '--account', account, '--input', '{"upTo":5}')).toEqual([
    1,
    expect.stringMatching(/^INPUT_INVALID: .*\n {2}upTo: the action has no such input; it has to, fails$/),
  ])
  const [code, said] = await refused('count-up', '--account', account, '--input', '[5]')
  expect([code, said]).toEqual([2, expect.stringContaining('an object as JSON')])
  expect(await stack.due()).toEqual([])
  await stack.suspend()
  expect(await refused('count-up', '--account', account)).toEqual([1, expect.stringMatching(/^INSTALLATION_/)])
})
