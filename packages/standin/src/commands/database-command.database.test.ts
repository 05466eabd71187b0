import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { connectDatabase } from '../database/database.ts'
import { createListener } from '../database/listen.ts'
import { runOperatorCommand } from './operator.ts'

const [left, target] = [await createTestDatabase(), await createTestDatabase()]
const [from, to] = [connectDatabase(left.url, { pool: 1 }), connectDatabase(target.url, { pool: 1 })]
afterAll(async () => {
  await Promise.all([from.close(), to.close()])
  await Promise.all([left.drop(), target.drop()])
})

const accountId = '11111111-1111-4111-8111-111111111111'
const runId = '22222222-2222-4222-8222-222222222222'

async function move() {
  let [out, said] = ['', '']
  const exitCode = await runOperatorCommand({
    app: {
      ...{ id: '@acme/fleet-night', name: 'Fleet night', description: 'Works at night.' },
      scopes: [{ scope: 'asset.view', optional: false }],
      callbackUrl: 'https://standin.example/trackunit/callback',
    },
    argv: ['database', 'move', '--to', target.url, '--json'],
    environment: {
      DATABASE_URL: left.url,
      STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
      STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
      STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
    },
    writeOut: (text) => (out += text),
    writeErr: (text) => (said += text),
  })
  return { out, said, exitCode }
}

test('moving takes every row along, with what waits for its turn; not while a server runs, and not over other rows', async () => {
  const details = { text: 'a\tb\\N\n"ü"', list: [1, null] }
  await from.sql`
    insert into audit_entries (actor_kind, actor_id, event, account_id, details)
    select 'system', 'test', 'run.started', ${accountId}, ${JSON.stringify(details)}::text::jsonb from generate_series(1, 1500)`
  await from.sql`
    insert into runs (id, account_id, action_id, mode, input, idempotency_key, started_by, state, progress, steps, may_overlap, promoted_at)
    values (${runId}, ${accountId}, 'report', 'apply', '{}', 'key', '{}', 'queued', '{}', '[]', false, now())`
  const listener = createListener(left.url)
  await listener.on('run_cancel', () => {})
  expect(await move()).toMatchObject({ exitCode: 1, said: expect.stringContaining('in use by 1 running servers') })
  await listener.close()

  const moved = await move()
  expect(moved).toMatchObject({ exitCode: 0, said: expect.stringContaining('set DATABASE_URL') })
  expect(JSON.parse(moved.out)).toEqual(
    expect.arrayContaining([
      { name: 'audit_entries', rows: 1500 },
      { name: 'runs', rows: 1 },
    ]),
  )
  const all = (sql: typeof from.sql) => sql`select * from audit_entries order by id`
  expect(await all(to.sql)).toEqual(await all(from.sql))
  const [next] = await to.sql`
    insert into audit_entries (actor_kind, actor_id, event, details) values ('system', 'test', 'run.started', '{}') returning id`
  expect(Number(next?.id)).toBe(1501)
  expect(await to.sql`select data from pgboss.job where name = 'runs'`).toEqual([{ data: { runId } }])

  expect(await move()).toMatchObject({ exitCode: 1, said: expect.stringContaining('is not empty') })
})
