import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAuditStack } from '../../test/audit-stack.ts'
import { auditRing, testSigned } from '../../test/signed-rows.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { createLogger } from '../observability/logger.ts'
import { signedTables } from '../signed-tables.ts'
import { createKeySetStore } from '../trackunit/key-set-store.ts'
import { findForgedRows, signAgain } from './review-signed-rows.ts'
import { createSignedRows } from './signed-rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const next = { kid: 'next', bytes: new Uint8Array(32).fill(8) }
const log = createLogger('silent')

/** A key, a grant, an account in force and a key set, signed with the first key. */
async function fill() {
  const stack = await createAuditStack(database)
  const keys = [{ kty: 'RSA', n: 'b', e: 'a' }]
  await createKeySetStore({ db: stack.db, signedRows: testSigned }).save('https://k', { keys, fetchedAt: new Date() })
  return stack
}

test('an audit key can be replaced without invalid rows: its rows are signed again', async () => {
  await using stack = await fill()
  const { db } = stack
  const [both, alone] = [createSignedRows({ ring: [next, ...auditRing] }), createSignedRows({ ring: [next] })]
  const forged = (signedRows: typeof both) => findForgedRows({ db, signedRows }, signedTables)
  expect((await forged(both)).count).toBe(0)
  expect((await forged(alone)).count).toBe(4)

  // A server that still signs with the older key may be running, so it looks again; without another key there is nothing to do.
  expect(await signAgain({ db, signedRows: alone, log }, signedTables)).toBe(false)
  expect(await signAgain({ db, signedRows: both, log }, signedTables)).toBe(3_600_000)
  expect(await signAgain({ db, signedRows: both, log }, signedTables)).toBe(false)
  expect((await forged(alone)).count).toBe(0)
  expect((await forged(testSigned)).count).toBe(4)
})

test('invariant 18: a forged row of any table is named, and never signed again', async () => {
  await using stack = await fill()
  const { db, sql } = stack
  await sql`update service_keys set expires_at = '2199-01-01'`
  await sql`update grants set scopes = '{a,b,c}'`
  await sql`update key_sets set keys = '[{"kty":"RSA","n":"evil","e":"a"}]'`
  await sql`update installations set active_generation = 2`

  const signedRows = createSignedRows({ ring: [next, ...auditRing] })
  await signAgain({ db, signedRows, log }, signedTables)
  const { count, first } = await findForgedRows({ db, signedRows }, signedTables)
  expect(count).toBe(4)
  expect(first.map((name) => name.split(' ').slice(0, -1).join(' '))).toEqual([
    'service key',
    'grant reports',
    'key set',
    'account',
  ])
})

test('invariant 18: stored key sets for callbacks or users without a signature are not trusted', async () => {
  await using stack = await fill()
  const store = createKeySetStore({ db: stack.db, signedRows: testSigned })
  expect(await store.load('https://k')).toMatchObject({ keys: [{ n: 'b' }] })
  await stack.sql`update key_sets set keys = '[{"kty":"RSA","n":"evil","e":"a"}]'`
  expect(await store.load('https://k')).toBeUndefined()
})
