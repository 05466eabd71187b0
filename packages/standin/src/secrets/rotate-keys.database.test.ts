import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { emptyTables } from '../../test/empty-tables.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { KeyRing } from '../config/key-ring.ts'
import { Secret } from '../config/secret.ts'
import { type Connection, connectDatabase } from '../database/database.ts'
import { createListener } from '../database/listen.ts'
import { createLogger } from '../observability/logger.ts'
import { findKeyUse } from './find-key-use.ts'
import { liveKeyReaders } from './key-reader-store.ts'
import { objectionsToRetiring, objectionsToWriting } from './key-use.ts'
import { publishKeys } from './publish-keys.ts'
import { reencrypt } from './reencrypt.ts'
import { sealedColumns } from './sealed-columns.ts'
import { createVault, type Vault } from './vault.ts'

let database: TestDatabase
let connection: Connection
beforeAll(async () => {
  database = await createTestDatabase()
  connection = connectDatabase(database.url, { pool: 8 })
})
afterAll(async () => {
  await connection.close()
  await database.drop()
})

const key = (kid: string) => ({ kid, bytes: new Uint8Array(32).fill(kid.charCodeAt(0)) })
const [old, young] = [key('old'), key('young')]
const log = createLogger('silent')
const accounts = Array.from({ length: 120 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)
const bindingOf = (account: string) => ({ account, app: '@a/b', column: 'client-secret', generation: 1 }) as const

async function write(vault: Vault, account: string, text = `s3cr3t of ${account}`): Promise<void> {
  const sealed = await vault.seal(new Secret(text), bindingOf(account))
  // Not an upsert: of two at once, one can meet the other unique index, for which no conflict is declared.
  const changed = await connection.sql`
    update credentials set sealed_secret = ${sealed} where account_id = ${account} and generation = 1 returning 1`
  if (changed.length > 0) return
  await connection.sql`
    insert into credentials (account_id, generation, app_id, client_id, state, issued_at, tie_break, bound, sealed_secret)
    values (${account}, 1, '@a/b', 'client', 'active', now(), '', true, ${sealed})`
}

async function read(vault: Vault, account: string): Promise<string> {
  const [row] = await connection.sql`select sealed_secret from credentials where account_id = ${account}`
  return (await vault.open(row?.sealed_secret, bindingOf(account))).reveal()
}

/** A process with its own key ring, which it publishes to the others; a deployment ends it and starts another one. */
async function startReplica(...ring: [typeof old, ...(typeof old)[]]) {
  const listener = createListener(database.url)
  onTestFinished(listener.close)
  await publishKeys({ db: connection.db, config: { keys: { encryption: ring } }, listener, log })
  return { vault: createVault(ring), stop: listener.close }
}
const encrypting = (vault: Vault) => ({
  db: connection.db,
  vault,
  config: { keys: { encryption: [young, old] as KeyRing } },
})
const use = (...ring: [typeof old, ...(typeof old)[]]) => findKeyUse(connection.db, ring as KeyRing)

describe('invariant 9: a key is replaced while two replicas read and write', () => {
  test('with the documented steps, no reader and no writer ever fails', async () => {
    await emptyTables(connection.sql)
    const replicas = [await startReplica(old), await startReplica(old)]
    for (const account of accounts) await write(replicas[0]!.vault, account)
    const deploy = async (...ring: [typeof old, ...(typeof old)[]]) => {
      for (const index of [0, 1]) {
        const next = await startReplica(...ring)
        await replicas[index]!.stop()
        // PostgreSQL ends its session a moment after it has closed its socket.
        await expect.poll(() => liveKeyReaders(connection.db)).toHaveLength(replicas.length)
        replicas[index] = next
        await moments()
      }
    }

    let isOver = false
    const counts = { reads: 0, writes: 0 }
    /** The other values are not written in the meantime: the command re-encrypts them. */
    const changing = accounts.slice(60)
    const pick = (turn: number, among: readonly string[]) => ({
      replica: replicas[turn % 2]!,
      account: among[(turn * 7) % among.length]!,
    })
    const readers = Array.from({ length: 50 }, async (_, reader) => {
      for (let turn = reader; !isOver; turn++, counts.reads++) {
        const { replica, account } = pick(turn, accounts)
        expect(await read(replica.vault, account)).toContain(`of ${account}`)
      }
    })
    const writers = Array.from({ length: 5 }, async (_, writer) => {
      for (let turn = writer; !isOver; turn++, counts.writes++) {
        const { replica, account } = pick(turn, changing)
        await write(replica.vault, account, `s3cr3t ${turn} of ${account}`)
      }
    })
    /** Long enough for each of them to have a turn. */
    async function moments() {
      const [reads, writes] = [counts.reads + 60, counts.writes + 6]
      while (counts.reads < reads || counts.writes < writes) await read(replicas[0]!.vault, accounts[0]!)
    }
    const working = Promise.all([...readers, ...writers])

    const rotation = (async () => {
      await moments()
      expect(objectionsToWriting(await use(young, old), 'young')).toEqual([expect.stringMatching(/^2 of 2/)])
      await deploy(old, young) // Readers first,
      expect(objectionsToWriting(await use(young, old), 'young')).toEqual([])
      await deploy(young, old) // then it writes.
      const vault = createVault([young, old])
      const half = new AbortController()
      let resealed = 0
      const stopping: Vault = {
        ...vault,
        reseal(sealed) {
          if (++resealed === 40) half.abort()
          return vault.reseal(sealed)
        },
      }
      await reencrypt(encrypting(stopping), { signal: half.signal })
      expect(resealed).toBe(40)
      expect(objectionsToRetiring(await use(young, old), 'old')).toEqual([
        expect.stringMatching(/^\d+ sealed values still need/),
      ])
      for (let pass = 0; pass < 5 && ((await use(young, old)).rows.get('old') ?? 0) > 0; pass++)
        expect(await reencrypt(encrypting(vault))).toMatchObject({ unreadable: 0 })
      expect(objectionsToRetiring(await use(young, old), 'old')).toEqual([])
      await deploy(young)
      await moments()
    })().finally(() => {
      isOver = true
    })
    await Promise.all([working, rotation])

    expect(await use(young)).toMatchObject({ rows: new Map([['young', accounts.length]]) })
    expect(counts.writes).toBeGreaterThan(40)
  })

  test('a value that a replica writes during the re-encryption is not overwritten', async () => {
    await emptyTables(connection.sql)
    const before = createVault([old])
    const [account = ''] = accounts
    await write(before, account)
    const vault = createVault([young, old])
    let meanwhile: Promise<void> | undefined
    const slow: Vault = {
      ...vault,
      async reseal(sealed) {
        meanwhile ??= write(before, account, 's3cr3t, newer')
        await meanwhile
        return vault.reseal(sealed)
      },
    }
    expect(await reencrypt(encrypting(slow))).toEqual({
      resealed: 0,
      unreadable: 0,
    })
    expect(await read(vault, account)).toBe('s3cr3t, newer')
  })

  test('a value that no key can decrypt is counted, not changed, and does not stop the command', async () => {
    await emptyTables(connection.sql)
    for (const account of accounts.slice(0, 3)) await write(createVault([old]), account)
    await connection.sql`update credentials set sealed_secret = 'broken' where account_id = ${accounts[0]!}`
    const done = await reencrypt(encrypting(createVault([young, old])))
    expect(done).toEqual({ resealed: 2, unreadable: 1 })
    expect((await use(young, old)).rows).toEqual(
      new Map([
        ['', 1],
        ['young', 2],
      ]),
    )
  })

  test('a replica that is gone does not block a key', async () => {
    const replica = await startReplica(old)
    await expect.poll(async () => (await use(old)).readers).toHaveLength(1) // Those of earlier tests end.
    await replica.stop()
    await expect.poll(async () => (await use(old)).readers).toEqual([])
  })
})

test('invariant 9: every column with sealed values is re-encrypted', async () => {
  const found = await connection.sql`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and column_name like 'sealed%' and data_type = 'text'`
  const named = (each: { table: string; column: string }) => `${each.table}.${each.column}`
  expect(sealedColumns.map(named).sort()).toEqual(found.map((row) => named(row as never)).sort())
})
