import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { operate } from '../../test/operate.ts'
import { createReportAction } from '../../test/report-action.ts'
import { account, createRunStack, otherAccount } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const report = createReportAction()

const standin = (...argv: string[]) => operate({ url: database.url, ringText: `k:${'A'.repeat(43)}` }, argv)

test('the operator lists, cancels and retries runs, and the audit names the operator', async () => {
  const stack = await createRunStack({ database, actions: [report] })
  const [run, , other] = [await stack.start(), await stack.start(), await stack.start({ accountId: otherAccount })]
  const ids = ({ out }: { out: string }) => JSON.parse(out).map(({ id }: { id: string }) => id)

  const page = await standin('runs', 'list', '--limit', '2', '--json')
  const [, last = ''] = ids(page)
  expect(page.said).toBe(`There are more: add --after ${last}\n`)
  const rest = await standin('runs', 'list', '--after', last, '--json')
  expect([new Set([...ids(page), ...ids(rest)]).size, ids(rest).length, rest.said]).toEqual([3, 1, ''])
  expect(ids(await standin('runs', 'list', '--account', otherAccount, '--json'))).toEqual([other.id])
  const [head = '', ...lines] = (await standin('runs', 'list')).out.trimEnd().split('\n')
  for (const line of lines) expect(line.slice(head.indexOf('STATE'))).toMatch(/^queued /)

  expect(await standin('runs', 'retry', run.id)).toMatchObject({
    exitCode: 1,
    said: expect.stringMatching(/^RUN_NOT_END/),
  })
  const cancelled = await standin('runs', 'cancel', run.id, '--yes', '--json')
  expect(JSON.parse(cancelled.out)).toMatchObject({ id: run.id, state: 'cancelled' })
  expect(ids(await standin('runs', 'list', '--state', 'cancelled', '--json'))).toEqual([run.id])
  expect((await standin('runs', 'cancel', run.id, '--yes')).said).toMatch(/^RUN_NOT_CANCELLABLE/)

  const again = JSON.parse((await standin('runs', 'retry', run.id, '--json')).out)
  expect(again).toMatchObject({ state: 'queued', retryOf: run.id, accountId: account, startedBy: 'system operator' })
  expect(JSON.parse((await standin('runs', 'retry', run.id, '--json')).out).id).toBe(again.id)
  await stack.createWorker().workOn(again.id)
  expect((await stack.run(again.id)).state).toBe('succeeded')
  expect(
    await stack.sql`select event, details ->> 'runId' as run from audit_entries where actor_kind = 'operator' order by id`,
  ).toEqual([
    { event: 'run.cancelled', run: run.id },
    { event: 'run.started', run: again.id },
  ])

  await stack.suspend()
  const stopped = await standin('runs', 'retry', again.id)
  expect(stopped).toMatchObject({ exitCode: 1, out: '', said: expect.stringMatching(/^INSTALLATION_/) })
  for (const unknown of [
    ['runs', 'list', '--account', randomUUID()],
    ['runs', 'list', '--after', randomUUID()],
    ['runs', 'cancel', randomUUID(), '--yes'],
    ['deliveries', 'list', '--account', randomUUID()],
    ['deliveries', 'retry', `${randomUUID()}/0`],
  ])
    expect(await standin(...unknown)).toMatchObject({
      exitCode: 1,
      out: '',
      said: expect.stringMatching(/_NOT_FOUND: /),
    })
})

test('a retried change keeps its preview, and is not made twice', async () => {
  const changing = { ...report, changesData: true }
  const stack = await createRunStack({ database, actions: [changing] })
  const worker = stack.createWorker()
  const preview = await stack.start({ mode: 'preview' })
  await worker.workOn(preview.id)
  const { id } = await stack.start({ previewRunId: preview.id })
  await standin('runs', 'cancel', id, '--yes')

  const again = JSON.parse((await standin('runs', 'retry', id, '--json')).out)
  await worker.workOn(again.id)

  expect(await stack.run(again.id)).toMatchObject({ state: 'succeeded', mode: 'apply', previewRunId: preview.id })
  expect(await stack.audit(again.id)).toContain('run.applied')
  expect((await standin('runs', 'retry', again.id)).said).toMatch(/^PREVIEW_REQUIRED: /)
})

test('the operator lists deliveries, and makes one that failed due again', async () => {
  const stack = await createRunStack({ database, actions: [report] })
  const { id } = await stack.start()
  await stack.sql`
    insert into deliveries (run_id, position, account_id, destination, state, reason, attempts, ended_at)
    select ${id}::uuid, position, ${account}::uuid, '{"kind":"email","address":"anna@example.com","file":"none"}'::jsonb, state, reason, 6, now()
    from (values (0, 'failed', 'DELIVERY_FAILED'), (1, 'delivered', null)) as past(position, state, reason)`
  const listed = async (...argv: string[]) =>
    JSON.parse((await standin('deliveries', 'list', ...argv, '--json')).out).map((each: { id: string }) => each.id)

  expect(await listed('--account', account)).toEqual([`${id}/0`, `${id}/1`])
  expect(await listed('--account', account, '--state', 'failed')).toEqual([`${id}/0`])
  const page = await standin('deliveries', 'list', '--limit', '1')
  expect(page.out).toMatch(/^DELIVERY +ACCOUNT +TO .*\n.* email anna@example\.com +failed +DELIVERY_FAILED +6 /)
  expect(page.said).toMatch(/^There are more: /)

  for (const position of [0, 0, 1]) {
    const { out } = await standin('deliveries', 'retry', `${id}/${position}`, '--json')
    expect(JSON.parse(out).state).toBe(position === 0 ? 'waiting' : 'delivered')
  }
  expect(await stack.sql`select actor_kind, event from audit_entries where event like 'delivery.%'`).toEqual([
    { actor_kind: 'operator', event: 'delivery.resent' },
  ])
  expect((await standin('deliveries', 'retry', `${id}/2`)).said).toMatch(/^DELIVERY_NOT_FOUND/)
})
