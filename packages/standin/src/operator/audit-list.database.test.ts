import { randomUUID } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { createAuditStack, handOut, keyId } from '../../test/audit-stack.ts'
import { operate } from '../../test/operate.ts'
import { createReportAction } from '../../test/report-action.ts'
import { account, createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { chainsOfAudit } from '../activity/newest-audit-store.ts'
import { newestFirst } from '../activity/newest-first.ts'

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
  expect(listed.said).toMatch(/^There are more: add --after /)
  expect((await standin('audit', 'list', '--account', account, '--to', '2001-01-01T00:00:00Z')).said).toBe(
    'No entries.\n',
  )
  expect(await standin('audit', 'list', '--account', account, '--to', 'yesterday')).toMatchObject({ exitCode: 2 })
})

test('without an account the newest entries of all are listed, page by page, tokens of one kind that left together as one', async () => {
  await using stack = await createAuditStack(database)
  const writers = [stack.startWriter('p1'), stack.startWriter('p2')]
  await stack.change('credentials.parked', { reason: 'CREDENTIALS_REJECTED' })
  for (let nth = 0; nth < 6; nth++) {
    stack.clock.advance(1_000)
    await writers[nth % 2]?.recordHandOut(handOut({ fingerprint: `f${nth % 2}` }))
    stack.clock.advance(1_000)
    await stack.change('run.failed', { reason: nth === 3 ? 'RESTORED' : 'ACTION_FAILED', actionId: `a${nth}` })
  }
  stack.clock.advance(1_000)
  await Promise.all([1, 2, 3].map(() => writers[0]?.recordHandOut(handOut({ fingerprint: 'f0' }))))
  await stack.sql`insert into audit_entries (actor_kind, actor_id, event, account_id, details)
    values ('system', 'run', 'change.made', ${account}, '{}'), ('operator', 'command line', 'service-key.revoked', null, ${JSON.stringify({ key: keyId })}::text::jsonb)`

  const list = async (...argv: string[]) => {
    const { out, said, exitCode } = await standin('audit', 'list', '--json', ...argv)
    expect(exitCode).toBe(0)
    return { entries: out === '' ? [] : JSON.parse(out), after: / add --after (\S+)/.exec(said)?.[1] }
  }
  const all = await list()
  expect(all.after).toBeUndefined()
  expect(all.entries).toHaveLength(15)
  expect(all.entries[0]).toMatchObject({ event: 'service-key.revoked', accountId: null })
  expect(all.entries[1]).toMatchObject({ event: 'token.issued', accountId: account, times: 3 })
  const pages = []
  let after: string | undefined
  do {
    const page = await list('--limit', '4', ...(after ? ['--after', after] : []))
    pages.push(...page.entries)
    after = page.after
  } while (after)
  expect(pages).toEqual(all.entries)

  const events = async (...argv: string[]) => (await list(...argv)).entries.map(({ event }: { event: string }) => event)
  expect(await events('--no-tokens')).toHaveLength(8)
  expect(await events('--event', 'credentials')).toEqual(['credentials.parked'])
  expect(await events('--event', 'change', '--account', account)).toEqual(['change.made'])
  expect(await events('--reason', 'RESTORED')).toEqual(['run.failed'])
  expect(await events('--action', 'a5')).toEqual(['run.failed'])
  expect(await events('--key', keyId)).toEqual(['service-key.revoked', ...Array(7).fill('token.issued')])
  expect(await events('--by', 'reports', '--event', 'run')).toEqual([])
  expect(await events('--account', account, '--reason', 'RESTORED')).toEqual(['run.failed'])
  const third = all.entries.findLast(({ event }: { event: string }) => event === 'run.failed').at
  expect(await events('--to', third, '--from', third)).toEqual(['run.failed'])
  expect((await standin('audit', 'list')).out).toMatch(
    /^AT +EVENT +ACCOUNT +BY .*\n.*\n.*token\.issued \(3 times\) +1111/,
  )
})

const linesOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('the whole audit is exported, single changes too, and goes on where it stopped', async () => {
  await using stack = await createAuditStack(database)
  await stack.sql`truncate audit_entries`
  await stack.startWriter().recordHandOut(handOut())
  await stack.sql`insert into audit_entries (at, actor_kind, actor_id, event, account_id, details)
    select now() - (2500 - n) * interval '1 second', 'system', 'test', case n % 2 when 0 then 'run.started' else 'change.made' end,
      ${account}, '{}' from generate_series(1, 2500) as n`
  const whole = await standin('audit', 'export')
  expect(whole.exitCode).toBe(0)
  const all = linesOf(whole.out)
  expect(all.filter(({ event }) => event !== 'token.issued')).toHaveLength(2_500)
  expect(all.filter(({ event }) => event === 'token.issued').length).toBeGreaterThan(0)
  expect(all[0]).toMatchObject({ accountId: account, details: expect.anything() })

  const first = await standin('audit', 'export', '--limit', '1200')
  const after = / add --after (\S+)/.exec(first.said)?.[1] ?? ''
  const rest = await standin('audit', 'export', '--after', after)
  expect(rest).toMatchObject({ exitCode: 0, said: '' })
  expect([...linesOf(first.out), ...linesOf(rest.out)]).toEqual(all)
})

test('an export whose reader has gone ends at once, and says where to go on', async () => {
  await using stack = await createAuditStack(database)
  await stack.sql`insert into audit_entries (at, actor_kind, actor_id, event, details)
    select now(), 'system', 'test', 'run.started', '{}' from generate_series(1, 2500) as n`
  const printed: string[] = []
  const environment = { url: database.url, ringText: `k:${'A'.repeat(43)}` }
  const { exitCode, said } = await operate(environment, ['audit', 'export'], {
    onOut: (text) => {
      if (printed.push(text) === 1) process.emit('SIGTERM', 'SIGTERM') // As bin/standin.ts does when a pipe is closed.
    },
  })
  expect(printed).toHaveLength(1_000)
  expect(exitCode).toBe(1)
  expect(said).toMatch(/^Stopped after 1000 entries\. To go on: add --after \S+\n/)
})

test('the export of an account has the changes of its runs, also of runs that began before the period', async () => {
  await using stack = await createRunStack({ database, actions: [createReportAction()] })
  await stack.install()
  await stack.sql`truncate audit_entries`
  const run = randomUUID()
  await stack.sql`insert into audit_entries (at, actor_kind, actor_id, event, account_id, details)
    select at::timestamptz, 'service', 'reports', event, ${account}, ${JSON.stringify({ runId: run })}::text::jsonb from (values
      ('2026-11-01T10:00Z', 'run.applied'), ('2026-11-01T10:01Z', 'change.made'), ('2026-11-01T12:00Z', 'change.made'),
      ('2026-11-01T13:00Z', 'run.changed')) as given (at, event)`
  const events = async (...argv: string[]) => {
    const { out } = await standin('audit', 'export', '--account', account, ...argv)
    return linesOf(out).map(({ event, at }) => `${event} ${at.slice(11, 16)}`)
  }
  const later = ['run.changed 13:00', 'change.made 12:00']
  expect(await events()).toEqual([...later, 'change.made 10:01', 'run.applied 10:00'])
  expect(await events('--from', '2026-11-01T11:00:00Z')).toEqual(later)
  expect(await events('--to', '2026-11-01T11:00:00Z')).toEqual(['change.made 10:01', 'run.applied 10:00'])
})

test('one page over all accounts is read from the ends of the chains, whatever the tables hold', async () => {
  await using stack = await createAuditStack(database)
  await stack.startWriter().recordHandOut(handOut())
  await stack.sql`insert into audit_entries (at, actor_kind, actor_id, event, details)
    select now() - (10000 - n) * interval '1 second', 'system', 'test', 'run.started', '{}' from generate_series(1, 10000) as n`
  await stack.sql`insert into hand_out_groups (month, writer, seq, kind, account_id, at, entries, kid, mac)
    select month, writer, seq + n, kind, account_id, at, entries, kid, mac from hand_out_groups, generate_series(1, 10000) as n`
  await stack.sql`analyze audit_entries`
  await stack.db.transaction(async (tx) => {
    const rows = async () => {
      const [row] = await tx.execute<{ rows: number }>(sql`
        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables
        where relname = 'audit_entries' or relname like 'hand_out_groups%'`)
      return Number(row?.rows)
    }
    const before = await rows()
    const moment = new Date(Date.now() - 5_000_000)
    for (const to of [undefined, moment]) {
      const chains = await chainsOfAudit(tx, { changes: true, tokens: true, to })
      const page = { isWanted: () => true, limit: 100, mostLooked: 1_000, from: undefined }
      expect((await newestFirst(chains, page)).items).toHaveLength(100)
    }
    const looked = (await rows()) - before
    expect(looked).toBeGreaterThan(200)
    expect(looked).toBeLessThan(3_000)
  })
})

test('an unknown account is no success, and one that is not being tried cannot be', async () => {
  await using stack = await createRunStack({ database, actions: [createReportAction()] })
  await stack.install()
  for (const argv of [
    ['audit', 'list', '--account', randomUUID()],
    ['audit', 'export', '--account', randomUUID()],
    ...['try', 'restore', 'dismiss', 'pause', 'resume'].map((name) => ['installations', name, randomUUID()]),
  ])
    expect(await standin(...argv)).toMatchObject({
      exitCode: 1,
      out: '',
      said: expect.stringMatching(/^INSTALLATION_NOT_FOUND/),
    })
  // A grant may come before the install, or its account be mistyped.
  const grant = (id: string) =>
    standin('grants', 'set', '--service', 'reports', '--account', id, '--scopes', 'asset.view')
  expect((await grant(randomUUID())).said).toContain('has not installed the app. Is its id right?')
  expect((await grant(account)).said).not.toContain('Is its id right?')
  expect((await standin('callbacks', 'rejected')).said).toBe('No callback was rejected.\n')
  expect(await standin('callbacks', 'release', randomUUID())).toMatchObject({
    exitCode: 1,
    said: expect.stringContaining('There is no held callback with this id.'),
  })
  expect(await standin('installations', 'try', account)).toMatchObject({
    exitCode: 1,
    said: expect.stringMatching(/^INPUT_INVALID: The access of this account is not being tried/),
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
