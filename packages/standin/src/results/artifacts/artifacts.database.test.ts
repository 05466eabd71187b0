import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, caller, createRunStack, type RunStack } from '../../../test/run-stack.ts'
import { createTestDatabase } from '../../../test/test-database.ts'
import type { UserCaller } from '../../access/caller.ts'
import { defineAction } from '../../actions/define-action.ts'
import { auditEntries } from '../../audit/audit-table.ts'
import { readResult } from '../read-result.ts'
import { linkArtifact } from './artifact-link.ts'
import { createCsvArtifact, createXlsxArtifact } from './result-files.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const action = {
  title: 'Report',
  description: 'A report.',
  input: z.object({ kilobytes: z.number().default(1) }),
  scopes: ['a'],
  changesData: false,
  mayOverlap: true,
}
const write = defineAction({
  ...action,
  id: 'write',
  async run({ artifact, input }) {
    const file = await artifact({ name: 'report.txt', mediaType: 'text/plain' })
    for (let kilobyte = 0; kilobyte < input.kilobytes; kilobyte++) await file.write('x'.repeat(1_000))
  },
})
const table = defineAction({
  ...action,
  id: 'table',
  async run(context) {
    const { result, checkpoint, resumedFrom } = context
    await result.columns([{ key: 'text', title: 'Text', kind: 'text' }])
    for (let page = Number(resumedFrom ?? 0); page < 3; page++) {
      await result.rows([{ id: `${page}`, cells: { text: `=Row ${page}` } }])
      await checkpoint(page + 1)
    }
    await createCsvArtifact(context, { name: 'table.csv' })
    await createXlsxArtifact(context, { name: 'table.xlsx' })
    await checkpoint(3)
  },
})

async function work(stack: RunStack, actionId: string, input: Record<string, unknown> = {}) {
  const { id } = await stack.start({ actionId, input })
  await stack.createWorker().workOn(id)
  return stack.run(id)
}

const lists = defineAction({
  id: 'lists',
  title: 'Lists',
  description: 'Lists.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  async run({ result }) {
    await result.columns([{ key: 'n', title: 'N', kind: 'number' }])
    await result.rows(Array.from({ length: 1_000 }, (_, n) => ({ id: `${n}`, cells: { n } })))
  },
})

test('invariant 25: an account’s results share one limit of rows, however many runs fill it', async () => {
  await using stack = await createRunStack({
    database,
    actions: [lists],
    environment: { STANDIN_RESULT_ROWS_PER_ACCOUNT: '2000' },
  })
  for (const state of ['succeeded', 'succeeded', 'failed'])
    expect(await work(stack, 'lists')).toMatchObject({ state, reason: state === 'failed' ? 'STORAGE_FULL' : null })
  expect(await stack.sql`select 1 from run_result_rows`).toHaveLength(2_000)
  await stack.sql`delete from run_results where ctid = (select min(ctid) from run_results)`
  expect(await work(stack, 'lists')).toMatchObject({ state: 'succeeded' })
})

test('an account’s files have a common limit; the run that would exceed it says why and keeps what it has', async () => {
  await using stack = await createRunStack({
    database,
    actions: [write],
    environment: { STANDIN_ARTIFACT_MB_PER_ACCOUNT: '1' },
  })
  expect(await work(stack, 'write', { kilobytes: 600 })).toMatchObject({ state: 'succeeded' })
  const second = await work(stack, 'write', { kilobytes: 600 })
  expect(second).toMatchObject({ state: 'failed', reason: 'STORAGE_FULL' })
  const sizes = await stack.sql`select sum(bytes)::int as bytes from artifacts`
  expect(sizes[0]?.bytes).toBeLessThanOrEqual(1_000_000)
  await stack.sql`delete from artifacts`
  expect(await work(stack, 'write', { kilobytes: 600 })).toMatchObject({ state: 'succeeded' })
})

test('files of a result have all its rows', async () => {
  await using stack = await createRunStack({ database, actions: [table] })
  const { id, state } = await work(stack, 'table')
  expect(state).toBe('succeeded')
  const files = await stack.files(id)
  expect(files['table.csv']).toBe("\uFEFFText\r\n'=Row 0\r\n'=Row 1\r\n'=Row 2\r\n")
  expect(files['table.xlsx']?.startsWith('PK')).toBe(true)
})

test('invariant 19: a worker that continues writes the rows from before and after into them', async () => {
  await using stack = await createRunStack({ database, actions: [table] })
  const { id } = await stack.start({ actionId: 'table' })
  await stack.sql`insert into run_results (account_id, run_id, rows, columns) values (${account}, ${id}, 1, '[{"key":"text","title":"Text","kind":"text","filterable":false}]')`
  await stack.sql`insert into run_result_rows (account_id, run_id, position, row_id, cells, is_new, searched)
    values (${account}, ${id}, 0, '0', '{"text":"Row 0"}', false, ''), (${account}, ${id}, 1, '1', '{"text":"lost"}', false, '')`
  await stack.sql`update runs set checkpoint = '{"state":1}' where id = ${id}`
  await stack.createWorker().workOn(id)
  expect((await stack.files(id))['table.csv']).toBe("\uFEFFText\r\nRow 0\r\n'=Row 1\r\n'=Row 2\r\n")
})

test('invariant 24: only callers who may start the action can read its file and result; downloads are recorded', async () => {
  await using stack = await createRunStack({ database, actions: [table] })
  const { id: runId } = await work(stack, 'table')
  const [artifact] = await stack.sql`select id from artifacts order by name`
  const anna: UserCaller = {
    kind: 'user',
    id: 'anna',
    name: null,
    accountId: account,
    scopes: ['a'],
    expiresAt: new Date(),
  }
  const input = { id: artifact?.id, accountId: account }

  for (const may of [anna, caller, { ...anna, scopes: undefined }]) {
    expect((await linkArtifact(stack.ctx, may, input)).url).toContain('/artifacts/')
    expect((await readResult(stack.ctx, may, { accountId: account, runId, limit: 9 })).rows).toHaveLength(3)
  }
  for (const mayNot of [
    { ...anna, scopes: ['b'] },
    { ...caller, grants: [{ accountId: account, scopes: ['b'], mac: '' }] },
  ]) {
    await expect(linkArtifact(stack.ctx, mayNot, input)).rejects.toMatchObject({ reason: 'SCOPE_FORBIDDEN' })
    await expect(readResult(stack.ctx, mayNot, { accountId: account, runId, limit: 9 })).rejects.toMatchObject({
      reason: 'SCOPE_FORBIDDEN',
    })
  }
  expect((await stack.audit(runId)).filter((event) => event === 'artifact.linked')).toHaveLength(3)
  const [linked] = await stack.db.select().from(auditEntries).where(eq(auditEntries.event, 'artifact.linked')).limit(1)
  expect(linked?.details).toMatchObject({ name: 'table.csv' }) // Activity names the file.
})
