import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { patiently } from '../../test/patiently.ts'
import { auditRing } from '../../test/signed-rows.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { createAudit } from '../audit/audit.ts'
import { systemClock } from '../clock.ts'
import { createStandin } from '../create-standin.ts'
import { advisoryLocks } from '../database/advisory-locks.ts'
import { connectDatabase } from '../database/database.ts'
import { createListener } from '../database/listen.ts'
import { runOperatorCommand } from './operator.ts'

const [left, target] = [await createTestDatabase(), await createTestDatabase()]
const keys = {
  STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(43)}`,
  STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
  STANDIN_AUDIT_KEYS: `a:${'C'.repeat(43)}`,
}
const app = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://standin.example/trackunit/callback',
}
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
    app,
    argv: ['database', 'move', '--to', target.url, '--json'],
    environment: { DATABASE_URL: left.url, ...keys },
    writeOut: (text) => (out += text),
    writeErr: (text) => (said += text),
  })
  return { out, said, exitCode }
}

/** Makes the copy wait in the middle while this holds a lock. */
async function holdTheCopy() {
  await to.sql.unsafe(`
    create function wait_here() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared(4711); return null; end $$;
    create trigger wait_here before insert on audit_entries for each statement execute function wait_here();`)
  const holder = connectDatabase(target.url, { pool: 1 })
  await holder.sql`select pg_advisory_lock(4711)`
  return {
    isReached: async () =>
      (await holder.sql`select 1 from pg_locks where locktype = 'advisory' and objid = 4711 and not granted`).length >
      0,
    letGo: holder.close,
    end: () => to.sql.unsafe('drop trigger wait_here on audit_entries; drop function wait_here()'),
  }
}

/** Moves the database while something interferes. @returns the outcome of the move */
async function moveWhile(intrude: () => Promise<unknown>) {
  await from.sql`insert into audit_entries (actor_kind, actor_id, event, details) values ('system', 'test', 'run.started', '{}')`
  const copy = await holdTheCopy()
  const moving = move()
  await expect.poll(copy.isReached).toBe(true)
  const intruding = intrude()
  await expect
    .poll(
      () => from.sql`
        select 1 from pg_locks where (locktype = 'relation' and not granted or classid = ${advisoryLocks.replicas})
          and database = (select oid from pg_database where datname = current_database())`,
    )
    .not.toEqual([])
  await copy.letGo()
  try {
    const moved = await moving
    await intruding
    expect(await to.sql`select 1 from audit_entries`).toEqual([])
    return moved
  } finally {
    await copy.end()
    await from.sql`truncate audit_entries restart identity`
  }
}

test('a server that starts during the copy loses nothing: nothing is moved, and the server keeps running', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'standin-move-'))
  const { exitCode, said } = await moveWhile(async () => {
    const start = () =>
      createStandin({ app, actions: [] }).start({
        DATABASE_URL: left.url,
        ...keys,
        STANDIN_DATA_DIR: dataDir,
        DRAIN_DELAY_S: '0',
        PORT: '0',
        METRICS_PORT: '0',
        LOG_LEVEL: 'silent',
      })
    // A start gives up if the copy keeps it waiting for seconds, as on a busy machine. Then it is started again.
    const server = await vi.waitFor(start, patiently)
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
    await server.stop()
  })
  await rm(dataDir, { recursive: true })

  expect([exitCode, said]).toEqual([1, expect.stringContaining('started on the source database')])
})

test('a write during the copy waits, and nothing is moved', async () => {
  const { exitCode, said } = await moveWhile(async () => {
    const other = connectDatabase(left.url, { pool: 1 })
    await other.sql`insert into installations (account_id) values (${accountId})`
    await other.close()
  })
  await from.sql`delete from installations`

  expect([exitCode, said]).toEqual([1, expect.stringContaining('Nothing was moved')])
})

test('a move copies every row, due runs included; it is refused while a server runs, or if the target has rows', async () => {
  const details = { text: 'a\tb\\N\n"ü"', list: [1, null] }
  await from.sql`
    insert into audit_entries (actor_kind, actor_id, event, account_id, details)
    select 'system', 'test', 'run.started', ${accountId}, ${JSON.stringify(details)}::text::jsonb from generate_series(1, 1500)`
  await from.sql`
    insert into runs (id, account_id, action_id, mode, input, idempotency_key, started_by, reads_with, state, progress, steps, may_overlap, promoted_at)
    values (${runId}, ${accountId}, 'report', 'apply', '{}', 'key', '{}', '{}', 'queued', '{}', '[]', false, now())`
  const { recordSpooled } = createAudit({ db: from.db, clock: systemClock, keys: auditRing, process: 'p1' })
  await recordSpooled({
    accountId,
    generation: 1,
    scopeKey: 'a b',
    fingerprint: 'f',
    serviceKeyId: 'k',
    restsOn: [],
    receiver: { kind: 'service', id: 'reports' },
    entryId: randomUUID(),
    at: new Date('2025-03-01'),
  })
  const listener = createListener(left.url)
  await listener.on('run_cancel', () => {})
  expect(await move()).toMatchObject({ exitCode: 1, said: expect.stringContaining('in use by 1 running servers') })
  await listener.close()

  const moved = await move()
  expect(moved).toMatchObject({ exitCode: 0, said: expect.stringContaining('set DATABASE_URL') })
  expect(JSON.parse(moved.out)).toEqual(
    expect.arrayContaining([
      { name: 'audit_entries', rows: 1500 },
      { name: 'hand_out_groups', rows: 1 },
      { name: 'runs', rows: 1 },
    ]),
  )
  const all = (sql: typeof from.sql) => sql`select * from audit_entries order by id`
  expect(await all(to.sql)).toEqual(await all(from.sql))
  const handOuts = (sql: typeof from.sql) =>
    sql`select * from hand_out_groups join hand_out_kinds using (month, writer) where kind = no`
  expect(await handOuts(to.sql)).toEqual(await handOuts(from.sql))
  const [next] = await to.sql`
    insert into audit_entries (actor_kind, actor_id, event, details) values ('system', 'test', 'run.started', '{}') returning id`
  expect(Number(next?.id)).toBe(1501)
  const due = to.sql`select id from runs where promoted_at is not null and ended_at is null and replica_id is null`
  expect(await due).toEqual([{ id: runId }])

  expect(await move()).toMatchObject({ exitCode: 1, said: expect.stringContaining('is not empty') })
})
