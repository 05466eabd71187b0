import { randomUUID } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { operate } from '../../test/operate.ts'
import { createReportAction } from '../../test/report-action.ts'
import { account, createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const standin = (...argv: string[]) => operate({ url: database.url, ringText: `k:${'A'.repeat(43)}` }, argv)

test('the audit is listed and exported, whole and by time', async () => {
  await using stack = await createRunStack({ database, actions: [createReportAction()] })
  for (let nth = 0; nth < 3; nth++) await stack.createWorker().workOn((await stack.start()).id)
  const exported = await standin('audit', 'export', '--account', account)
  const entries = exported.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(entries).toHaveLength(6)

  const listed = await standin('audit', 'list', '--account', account, '--limit', '2', '--json')
  expect(JSON.parse(listed.out)).toEqual(entries.slice(0, 2))
  expect(listed.said).toMatch(/^There are more: add --to /)
  expect((await standin('audit', 'list', '--account', account, '--to', '2001-01-01T00:00:00Z')).said).toBe(
    'No entries.\n',
  )
  expect(await standin('audit', 'list', '--account', account, '--to', 'yesterday')).toMatchObject({ exitCode: 2 })
})

test('an unknown account is no success, and one that is not being tried cannot be', async () => {
  await using stack = await createRunStack({ database, actions: [createReportAction()] })
  await stack.install()
  for (const argv of [
    ['audit', 'list', '--account', randomUUID()],
    ['audit', 'export', '--account', randomUUID()],
  ])
    expect(await standin(...argv)).toMatchObject({
      exitCode: 1,
      out: '',
      said: expect.stringMatching(/^INSTALLATION_NOT_FOUND/),
    })
  expect(await standin('installations', 'try', account)).toMatchObject({
    exitCode: 1,
    said: expect.stringMatching(/not being tried/),
  })
  await stack.install(account, { state: 'parked' })
  await stack.sql`update credentials set next_attempt_at = now() + interval '10 minutes', tried_at = now() - interval '1 minute'`
  expect(await standin('installations', 'try', account)).toMatchObject({ exitCode: 0 })
  expect(await stack.sql`select next_attempt_at <= now() + interval '1 second' as is_due from credentials`).toEqual([
    { is_due: true },
  ])
})

test('on a terminal the heads are bold and states are coloured, and columns stay aligned', async () => {
  await using stack = await createRunStack({ database, actions: [createReportAction()] })
  await stack.install()
  const argv = ['installations', 'list']
  const plain = await standin(...argv)
  const coloured = await operate({ url: database.url, ringText: `k:${'A'.repeat(43)}` }, argv, { isColoured: true })

  expect(plain.out).not.toContain('\u001b')
  expect(coloured.out).toContain('\u001b[1mACCOUNT\u001b[22m')
  expect(coloured.out).toContain('\u001b[32mactive\u001b[39m')
  expect(stripVTControlCharacters(coloured.out)).toBe(plain.out)
})
