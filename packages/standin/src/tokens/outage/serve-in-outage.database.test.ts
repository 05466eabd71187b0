import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { startDatabaseProxy } from '../../../test/database-proxy.ts'
import { patiently } from '../../../test/patiently.ts'
import { createTestDatabase } from '../../../test/test-database.ts'
import { createTokenStack } from '../../../test/token-stack.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const run = { kind: 'system', id: 'run 1' } as const
const both = { scopes: ['a', 'b'] }
const text = ({ accessToken }: { accessToken: { reveal(): string } }) => accessToken.reveal()
const fingerprint = (token: string) => createHash('sha256').update(token).digest('base64url')

/** A replica whose way to the database can be cut, with one token in its memory; the test itself goes around the cut. */
async function createOutage({ outageServeMs = 600_000 } = {}) {
  const stack = await createTokenStack(database)
  const proxy = await startDatabaseProxy(database.url)
  const folder = await mkdtemp(join(tmpdir(), 'standin-outage-'))
  await stack.install()
  const start = () => stack.startReplica({ through: proxy.url, dataDir: folder, outageServeMs })
  const issue = await start()
  const service = await stack.createService()
  await vi.waitFor(() => issue(service), patiently) // A busy machine may take the database for down.
  return {
    ...stack,
    proxy,
    issue,
    service,
    start,
    spoolFiles: async () => (await readdir(join(folder, 'spool'))).map((name) => join(folder, 'spool', name)),
    spooled: async () => (await readdir(join(folder, 'spool')).catch(() => [])).length,
    down: async () => {
      proxy.stop()
      await vi.waitFor(() => expect(issue.watch.isDown()).toBe(true), patiently)
    },
    up: async () => {
      await proxy.start()
      await vi.waitFor(() => expect(issue.watch.isDown()).toBe(false), patiently)
      await vi.waitFor(() => expect(issue.replica.id()).toBeDefined(), patiently)
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

describe('invariant 16: while the database is down', () => {
  test('tokens in memory are served, each after its row lies in the spool, and the rows are there afterwards, once', async () => {
    await using outage = await createOutage()
    await outage.down()

    expect(text(await outage.issue(outage.service))).toBe('token-1')
    expect(text(await outage.issue(outage.service))).toBe('token-1')
    expect(await outage.handOuts()).toHaveLength(1)
    expect(await outage.spooled()).toBe(1)

    await outage.up()
    await outage.issue.drainSpool()
    await outage.issue.drainSpool()
    const rows = await outage.handOuts()
    expect(rows.map(({ details }) => [details.fingerprint, details.key, details.spooled ?? false])).toEqual([
      [fingerprint('token-1'), outage.service.keyId, false],
      [fingerprint('token-1'), outage.service.keyId, true],
      [fingerprint('token-1'), outage.service.keyId, true],
    ])
    expect(await outage.spooled()).toBe(0)
  })

  test('a request that was under way when it went down is answered as well', async () => {
    await using outage = await createOutage()
    outage.proxy.fallSilent()
    const asked = outage.issue(outage.service)
    outage.proxy.refuse()

    expect(text(await asked)).toBe('token-1')
    expect(await outage.spooled()).toBe(1)
  })

  test('nothing is exchanged, and what is not in memory is refused', async () => {
    await using outage = await createOutage()
    await outage.down()

    const refused = { reason: 'STORAGE_UNAVAILABLE' }
    await expect(outage.issue(run, { scopes: ['a'] })).rejects.toMatchObject(refused)
    const unknown = { ...both, accountId: '99999999-9999-4999-8999-999999999999' }
    await expect(outage.issue(run, unknown)).rejects.toMatchObject(refused)
    const rejected = { ...both, rejectedFingerprint: fingerprint('token-1') }
    await expect(outage.issue(run, rejected)).rejects.toMatchObject(refused)
    expect(outage.endpoint.exchanges).toHaveLength(1)
  })

  test('scopes that the service was not granted are still refused', async () => {
    await using outage = await createOutage()
    await outage.down()

    const { service } = outage
    const lesser = { ...service, kind: 'service', service: 'reports', grantedScopes: ['a'], macs: [] } as const
    await expect(outage.issue(lesser, both)).rejects.toMatchObject({
      reason: 'SCOPE_FORBIDDEN',
    })
  })

  test('it ends after OUTAGE_SERVE_S', async () => {
    await using outage = await createOutage({ outageServeMs: 60_000 })
    await outage.down()
    outage.clock.advance(59_000)
    expect(text(await outage.issue(outage.service))).toBe('token-1')
    outage.clock.advance(1_001)

    await expect(outage.issue(outage.service)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
  })

  test('with OUTAGE_SERVE_S=0 nothing leaves', async () => {
    await using outage = await createOutage({ outageServeMs: 0 })
    await outage.down()

    await expect(outage.issue(outage.service)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
    expect(await outage.spooled()).toBe(0)
  })

  test('a token inside its margin is not served', async () => {
    await using outage = await createOutage({ outageServeMs: 7_200_000 })
    await outage.down()
    outage.clock.advance(3_540_000)

    await expect(outage.issue(outage.service)).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' })
    expect(await outage.spooled()).toBe(0)
  })
})

describe('invariant 16: when the database is there again', () => {
  test('the process recovers without a restart, and reads what changed before it serves again', async () => {
    await using outage = await createOutage()
    await outage.down()
    await outage.install({ generation: 2 })
    expect(text(await outage.issue(outage.service))).toBe('token-1') // It cannot know.

    await outage.up()

    expect(text(await outage.issue(outage.service))).toBe('token-2')
    expect(outage.endpoint.exchanges[1]?.clientId).toBe('client of generation 2')
  })

  test('a grant that was removed during the outage is gone', async () => {
    await using outage = await createOutage()
    await outage.down()
    await outage.sql`delete from grants`
    await outage.up()

    await expect(outage.issue(outage.service)).rejects.toMatchObject({ reason: 'ACCOUNT_FORBIDDEN' })
  })

  test('a connection that went silent is replaced within about a second', async () => {
    await using outage = await createOutage()
    const before = outage.issue.replica.id()
    outage.proxy.fallSilent()
    await outage.install({ generation: 2 })
    await vi.waitFor(() => expect(outage.issue.replica.id()).not.toBe(before), patiently)
    await vi.waitFor(() => expect(outage.issue.replica.id()).toBeDefined(), patiently)

    await vi.waitFor(async () => expect(text(await outage.issue(outage.service))).toBe('token-2'), patiently)
  })
})

test('invariant 16: a line of the spool that the database refuses is set aside, named in the audit, and stops nothing', async () => {
  await using outage = await createOutage()
  await outage.down()
  await outage.issue(outage.service)
  const [name = ''] = await outage.spoolFiles()
  const line = (await readFile(name, 'utf8')).replaceAll('"generation":1', '"generation":99999999999')
  await writeFile(name, `${line}${await readFile(name, 'utf8')}`)
  await outage.up()

  await outage.issue.drainSpool()

  expect((await outage.handOuts()).filter(({ details }) => details.spooled)).toHaveLength(1)
  expect(await outage.sql`select details from audit_entries where event = 'hand-out.set-aside'`).toEqual([
    { details: { line: `${basename(name)}:2` } },
  ])
  expect(await outage.spoolFiles()).toEqual([join(dirname(name), 'set-aside.jsonl')])
})

test('invariant 18: what was handed out before a process was killed in the outage is recorded by the next one', async () => {
  await using outage = await createOutage()
  await outage.down()
  await outage.issue(outage.service)
  await outage.up()

  const next = await outage.start() // The first process is no longer used.
  await next.drainSpool()

  expect((await outage.handOuts()).map(({ details }) => details.spooled ?? false).sort()).toEqual([false, true])
})
