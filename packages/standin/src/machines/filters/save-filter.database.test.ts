import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { emptyTables } from '../../../test/empty-tables.ts'
import { installAccount } from '../../../test/run-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { openTestReplica, type TestReplica } from '../../../test/test-replica.ts'
import { auditEntries } from '../../audit/audit-table.ts'
import { listFilters } from './filter-store.ts'
import { filterChoices, removeFilter, saveFilter } from './save-filter.ts'

const account = '11111111-1111-4111-8111-111111111111'
const otherAccount = '22222222-2222-4222-8222-222222222222'
const actor = { kind: 'user', id: 'mette' } as const

let database: TestDatabase
let replica: TestReplica
beforeAll(async () => {
  database = await createTestDatabase()
  replica = openTestReplica(database)
})
beforeEach(async () => {
  await emptyTables(replica.sql)
  for (const each of [account, otherAccount]) await installAccount(replica.ctx, each)
})
afterAll(async () => {
  await replica.close()
  await database.drop()
})

const save = (name: string, filter = {}, accountId = account) =>
  saveFilter(replica.ctx, { actor, accountId, name, filter })
const names = async (accountId = account) => (await listFilters(replica.ctx.db, accountId)).map(({ name }) => name)

test('a filter replaces the one with the same name, whatever its case, on its own account only', async () => {
  const first = await save('Lifts', { types: ['BOOM_LIFT'] })
  await save('lifts', {}, otherAccount)
  const second = await save('LIFTS', { types: ['SCISSOR_LIFT'] })

  expect(second.id).toBe(first.id)
  expect(await listFilters(replica.ctx.db, account)).toEqual([
    { id: first.id, accountId: account, name: 'LIFTS', filter: { types: ['SCISSOR_LIFT'] } },
  ])
  expect(await names(otherAccount)).toEqual(['lifts'])
})

test('deleting affects only the caller’s account, is recorded in the audit, and can be repeated', async () => {
  const theirs = await save('Lifts', {}, otherAccount)
  const ours = await save('Yard')
  const remove = (filterId: string) => removeFilter(replica.ctx, { actor, accountId: account, filterId })
  await remove(theirs.id)
  await remove(ours.id)
  await remove(ours.id)

  expect(await names()).toEqual([])
  expect(await names(otherAccount)).toEqual(['Lifts'])
  const told = await replica.ctx.db.select().from(auditEntries)
  expect(told.map(({ event }) => event).sort()).toEqual(['filter.deleted', 'filter.saved', 'filter.saved'])
})

test('an account saves at most two hundred', async () => {
  for (let nth = 0; nth < 200; nth++) await save(`Choice ${nth}`)
  await expect(save('One more')).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
  await expect(save('Choice 7', { types: ['ROLLER'] })).resolves.toMatchObject({ name: 'Choice 7' })
})

test('invariant 8: an account that has not installed the app saves nothing, because it would never be erased', async () => {
  await installAccount(replica.ctx, account, { state: 'uninstalled' })
  for (const each of [account, '33333333-3333-4333-8333-333333333333']) {
    await expect(save('Yard', {}, each)).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
    expect(await names(each)).toEqual([])
  }
})

test('there are no choices before a run has read machines', async () => {
  const choices = await filterChoices(replica.ctx, { accountId: account, own: undefined, filter: {} })
  expect(choices).toEqual({ groups: [], sites: [], types: [], matching: null, known: 0 })
})

test('choices of 20,000 machines are counted, sorted by frequency and searched quickly', async () => {
  await replica.sql`
    insert into machines (account_id, machine_id, type, site_id, site_name, groups, seen_at, read_with)
    select ${account}::uuid, 'm' || nth, (array['EXCAVATOR', 'EXCAVATOR', 'ROLLER', 'BOOM_LIFT'])[nth % 4 + 1],
      case when nth % 2 = 1 then 's' || nth % 300 end, case when nth % 2 = 1 then 'Site ' || nth % 300 || ' 100%' end,
      case when nth % 5 > 0 then '[{"id":"g","name":"North_East"}]'::jsonb else '[]'::jsonb end, now(), '{}'
    from generate_series(0, 19999) nth`
  const startedAtMs = performance.now()
  const choices = await filterChoices(replica.ctx, {
    accountId: account,
    own: undefined,
    filter: { types: ['ROLLER'], groupIds: ['g'] },
  })
  expect(performance.now() - startedAtMs).toBeLessThan(10_000) // A tenth of a second on a quiet machine.

  expect(choices.types).toEqual([
    { id: 'EXCAVATOR', name: 'EXCAVATOR', machines: 10_000 },
    { id: 'BOOM_LIFT', name: 'BOOM_LIFT', machines: 5_000 },
    { id: 'ROLLER', name: 'ROLLER', machines: 5_000 },
  ])
  expect(choices.groups).toEqual([{ id: 'g', name: 'North_East', machines: 16_000 }])
  expect(choices.sites).toHaveLength(50)
  expect({ known: choices.known, matching: choices.matching }).toEqual({ known: 20_000, matching: 4_000 })
  const search = async (words: string) =>
    filterChoices(replica.ctx, { accountId: account, own: undefined, search: words, filter: {} })
  expect((await search('site 299')).sites.map(({ name }) => name)).toEqual(['Site 299 100%'])
  expect((await search('100%')).sites).toHaveLength(50)
  expect((await search('h_e')).groups).toHaveLength(1) // An underscore is not a wildcard.
  expect((await search('h%e')).groups).toEqual([])
})
