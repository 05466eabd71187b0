import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { countAccounts } from '../../../packages/standin/src/accounts/account-count-store.ts'
import { findCredentialsInForce } from '../../../packages/standin/src/accounts/credentials-in-force.ts'
import { startBackgroundLoop } from '../../../packages/standin/src/background-loop.ts'
import { registerCallbackRoute } from '../../../packages/standin/src/callbacks/callback-route.ts'
import type { Clock } from '../../../packages/standin/src/clock.ts'
import { createStandin } from '../../../packages/standin/src/create-standin.ts'
import { connectDatabase } from '../../../packages/standin/src/database/database.ts'
import { createHttpServer } from '../../../packages/standin/src/http/http-server.ts'
import { createMetrics } from '../../../packages/standin/src/observability/metrics.ts'
import { drainSpool } from '../../../packages/standin/src/tokens/outage/drain-spool.ts'
import {
  account,
  type CallbackStack,
  createCallbackStack,
  installed,
  isDown,
  prepareCallbackStacks,
  refuses,
} from '../../../packages/standin/test/callback-stack.ts'
import { startDatabaseProxy } from '../../../packages/standin/test/database-proxy.ts'
import { sendEverNewStatements } from '../../../packages/standin/test/ever-new-statements.ts'
import { createGate } from '../../../packages/standin/test/gate.ts'
import { createHttpStack } from '../../../packages/standin/test/http-stack.ts'
import { auditKeys } from '../../../packages/standin/test/signed-rows.ts'
import { createTestDatabase } from '../../../packages/standin/test/test-database.ts'
import { testApp } from '../../../packages/standin/test/test-replica.ts'
import { evaluate, type Sample, type Scrape, secondsOf, seriesOf } from './evaluate-promql.ts'

interface Rule {
  alert: string
  expr: string
  for?: string
}
const read = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')
const rules: Rule[] = parse(read('deploy/alerts.yaml')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules)

const createStack = prepareCallbackStacks()
const dataDir = await mkdtemp(join(tmpdir(), 'standin-alerts-'))
afterAll(() => rm(dataDir, { recursive: true }))

// What Prometheus sees. ----------------------------------------------------------------------------------------------

const target = { job: 'standin', instance: 'standin-1' }
const up = (value: number): Sample => ({ labels: { ...target, __name__: 'up' }, value })
type Text = () => Promise<string>

/** One scrape of each server; undefined: it does not answer. */
async function scraped(...texts: Array<Text | undefined>): Promise<Sample[]> {
  const all = texts.map(async (text, index) => {
    const series = text && seriesOf(await text(), { ...target, instance: `standin-${index + 1}` })
    return series ? [up(1), ...series] : [up(0)]
  })
  return (await Promise.all(all)).flat()
}
const ofStack = ({ ctx }: CallbackStack) => scraped(() => ctx.metrics.text())

/** A healthy state, and then one in which the alert fires. */
type Rehearsal = () => Promise<{ well: readonly Sample[]; ill: readonly Sample[] }>

/** Causes the condition of an alert, with the stack's own rules. */
const onStack =
  (happens: (stack: CallbackStack) => Promise<unknown>, environment?: Record<string, string>): Rehearsal =>
  async () => {
    const stack = await createStack(environment)
    const well = await ofStack(stack)
    await happens(stack)
    return { well, ill: await ofStack(stack) }
  }

/** Moves on by a second whenever it is read. */
function hurried(clock: Clock): Clock {
  let nowMs = 0
  return { ...clock, monotonicMs: () => (nowMs += 1_000) }
}

/** Lets time pass for the database, by moving what it has recorded into the past. */
const later = ({ connection }: CallbackStack, statement: string) => connection.sql.unsafe(statement)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** A whole server, asked over HTTP as Prometheus asks it. */
async function startServer(url: string, encryptionKeys: string, folder = dataDir) {
  const port = await freePort()
  const { stop } = await createStandin({ app: testApp, actions: [] }).start({
    DATABASE_URL: url,
    STANDIN_DATA_DIR: folder,
    PORT: '0',
    METRICS_PORT: String(port),
    DRAIN_DELAY_S: '0',
    LOG_LEVEL: 'silent',
    CALLBACK_PATH_SECRET: 'none',
    STANDIN_ENCRYPTION_KEYS: encryptionKeys,
    STANDIN_AUDIT_KEYS: auditKeys,
    STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    TRACKUNIT_JWKS_URL: 'http://127.0.0.1:9',
    TRACKUNIT_TOKEN_URL: 'http://127.0.0.1:9',
  })
  const scrape = () =>
    fetch(`http://127.0.0.1:${port}/metrics`).then(
      async (answer) => scraped(() => answer.text()),
      () => scraped(undefined),
    )
  return { stop, scrape }
}

const run = `insert into runs (id, account_id, action_id, mode, input, idempotency_key, started_by, reads_with, state, progress, steps, may_overlap, promoted_at)
  values ('22222222-2222-4222-8222-222222222222', '${account}', 'report', 'apply', '{}', 'key', '{}', '{}', 'queued', '{}', '[]', false, now() - interval '20 minutes')`
const idOf = (nth: number) => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`

async function install(stack: CallbackStack, from: number, count: number): Promise<void> {
  for (let nth = from; nth < from + count; nth++) await stack.send(installed(`client-${nth}`, { accountId: idOf(nth) }))
  for (let batch = 0; batch <= count / 8; batch++) await stack.prover.proveDue()
}

// One for each alert. ------------------------------------------------------------------------------------------------

const rehearsals: Record<string, Rehearsal> = {
  async StandinDown() {
    await using database = await createTestDatabase()
    const server = await startServer(database.url, `e:${'A'.repeat(43)}`)
    const well = await server.scrape()
    await server.stop()
    return { well, ill: await server.scrape() }
  },
  StandinMetricsMissing: async () => ({ well: [up(1)], ill: [] }),
  async StandinDatabaseDown() {
    await using database = await createTestDatabase()
    await using proxy = await startDatabaseProxy(database.url)
    const connection = connectDatabase(proxy.url, { pool: 4 })
    const stack = await createCallbackStack({ url: proxy.url, ...connection })
    await stack.ctx.listener.on('run_due', () => {})
    const well = await ofStack(stack)
    proxy.stop()
    await expect.poll(stack.ctx.watch.isDown).toBe(true)
    const ill = await ofStack(stack)
    await proxy.start()
    await stack.close()
    await connection.close()
    return { well, ill }
  },
  StandinCommitsSlow: onStack(async ({ ctx, connection, clock }) => {
    await connection.sql`insert into heartbeats (id, at) values (1, now())`
    await connection.sql.begin(async (tx) => {
      await tx`select 1 from heartbeats for update`
      await ctx.watch.suspect() // It waits for the row as it would for a disk.
      clock.advance(1_000)
    })
    await expect.poll(ctx.watch.isDown).toBe(false)
  }),
  async StandinPoolBusy() {
    const stack = await createStack()
    const well = await ofStack(stack)
    const release = Promise.withResolvers<void>()
    const held = [1, 2, 3, 4].map(() => {
      const begun = Promise.withResolvers<void>()
      const ended = stack.connection.sql.begin(async (tx) => {
        await tx`select 1`
        begun.resolve()
        await release.promise
      })
      return { begun: begun.promise, ended }
    })
    await Promise.all(held.map(({ begun }) => begun))
    const ill = ofStack(stack)
    stack.clock.advance(1_000)
    release.resolve()
    await Promise.all(held.map(({ ended }) => ended))
    return { well, ill: await ill }
  },
  async StandinKeysMissing() {
    await using database = await createTestDatabase()
    const first = await startServer(database.url, `e:${'A'.repeat(43)}`)
    const well = await first.scrape()
    const other = await startServer(database.url, `other:${'B'.repeat(43)}`) // It runs with the first's values unread.
    const ill = await other.scrape()
    await first.stop()
    await other.stop()
    return { well, ill }
  },
  StandinClockWrong: onStack(({ ctx }) => ctx.watch.suspect()),
  StandinSignInDown: onStack(async (stack) => {
    for (let nth = 0; nth < 6; nth++) {
      stack.clients.set(`client-${nth}`, isDown)
      await install(stack, nth, 1)
    }
    await later(stack, `update sign_in_outages set since = since - interval '10 minutes' where since is not null`)
  }),
  StandinSignInRefuses: async () => {
    const stack = await createStack()
    await install(stack, 0, 1)
    for (let nth = 1; nth <= 26; nth++) stack.clients.set(`client-${nth}`, refuses)
    const well = await ofStack(stack)
    await install(stack, 1, 25)
    return { well, ill: await ofStack(stack) }
  },
  StandinSigningKeysUnavailable: async () => {
    const stack = await createStack()
    const server = await createHttpServer(stack.ctx)
    await registerCallbackRoute(server, stack.ctx)
    stack.published.fail()
    const post = async () => {
      const identity = await stack.signingKey.sign({ iat: stack.clock.now().getTime() / 1_000, exp: 4e9 })
      const headers = { 'content-type': 'application/json', 'trackunit-identity': identity }
      await server.inject({ method: 'POST', url: '/trackunit/callback', headers, payload: installed('client-a') })
    }
    const well = await ofStack(stack)
    await post()
    const ill = await ofStack(stack)
    await server.close()
    return { well, ill }
  },
  StandinSigningKeysOld: onStack(async (stack) => {
    await stack.send(installed('client-a'))
    stack.published.fail()
    stack.clock.advance(4 * 3_600_000)
    await stack.ctx.trackunit.callbackKeys.refreshIfOld()
  }),
  async StandinEncryptionKeysDiffer() {
    const [one, other] = [createMetrics(), createMetrics()]
    one.nameEncryptionKey('2026')
    other.nameEncryptionKey('2026')
    const well = await scraped(one.text, other.text)
    const third = createMetrics()
    third.nameEncryptionKey('2027')
    return { well, ill: await scraped(one.text, third.text) }
  },
  StandinAccountsParked: onStack(async (stack) => {
    await install(stack, 0, 12)
    for (let nth = 0; nth < 6; nth++) await stack.prover.park({ accountId: idOf(nth), generation: 1 })
    await countAccounts(stack.db)
  }),
  StandinAccountsWait: onStack(async (stack) => {
    await stack.send(installed('client-a'))
    await stack.prover.proveDue()
    stack.clock.advance(1_000)
    await stack.send(installed('client-b'), { bound: false })
    await stack.prover.proveDue()
    await countAccounts(stack.db)
  }),
  StandinCallbacksHeld: onStack(async (stack) => {
    stack.settings.audience = 'something-else'
    await stack.send(installed('client-a')).catch(() => {})
  }),
  StandinCallbacksHeldFull: onStack(async (stack) => {
    stack.settings.audience = 'something-else'
    await stack.send(installed('client-a')).catch(() => {})
    await later(
      stack,
      `insert into held_callbacks select (jsonb_populate_record(held, jsonb_build_object('id', gen_random_uuid(), 'content_digest', nth::text))).*
       from held_callbacks held, generate_series(1, 850) nth`,
    )
  }),
  StandinProofsLate: onStack(async (stack) => {
    await stack.send(installed('client-a'))
    await later(stack, `update credentials set next_attempt_at = now() - interval '10 minutes'`)
  }),
  StandinDeliveriesLate: onStack((stack) =>
    later(
      stack,
      `${run}; update runs set state = 'succeeded', ended_at = now();
       insert into deliveries (account_id, run_id, position, destination, next_try_at)
       select account_id, id, 0, '{"kind":"email","to":"anna@acme.example"}', now() - interval '20 minutes' from runs`,
    ),
  ),
  StandinMailFails: onStack(async ({ ctx }) => {
    for (let nth = 0; nth < 10; nth++) {
      ctx.metrics.countDelivery({ kind: 'email', outcome: nth === 0 ? 'delivered' : 'failed' })
      ctx.metrics.countDelivery({ kind: 'webhook', outcome: 'delivered' })
    }
  }),
  StandinRunsStuck: onStack((stack) => later(stack, run)),
  async StandinLoopFails() {
    const stack = await createStack()
    let failures = 0
    const [fails, enough] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const work = async () => {
      await fails.promise
      if (++failures === 6) enough.resolve()
      throw new Error('the disk is full')
    }
    const loop = startBackgroundLoop({ name: 'deliver', everyMs: 1, work }, stack.ctx)
    const well = await ofStack(stack)
    fails.resolve()
    await enough.promise
    await loop.stop()
    return { well, ill: await ofStack(stack) }
  },
  async StandinDataDirFull() {
    await using database = await createTestDatabase()
    const file = join(dataDir, 'file')
    await writeFile(file, '') // Nothing can be written below it, not even by root.
    const server = await startServer(database.url, `e:${'A'.repeat(43)}`, join(file, 'folder'))
    try {
      const isIll = async () =>
        (await server.scrape()).some(
          ({ labels, value }) => labels.__name__ === 'standin_data_dir_writable' && value === 0,
        )
      await expect.poll(isIll, { timeout: 60_000 }).toBe(true)
      return { well: await scraped(createMetrics().text), ill: await server.scrape() }
    } finally {
      await server.stop()
    }
  },
  StandinSpoolNotEmpty: onStack(
    async ({ ctx: { tokens } }) => {
      onTestFinished(() => tokens.spool.close())
      await tokens.spool.append(handOut)
    },
    { STANDIN_DATA_DIR: join(dataDir, 'spool-1'), OUTAGE_SERVE_S: '60' },
  ),
  StandinHandOutSetAside: onStack(
    async ({ ctx, clock }) => {
      await ctx.tokens.spool.append({ ...handOut, generation: 99_999_999_999 })
      clock.advance(3_600_000)
      await drainSpool(ctx)
    },
    { STANDIN_DATA_DIR: join(dataDir, 'spool-2'), OUTAGE_SERVE_S: '60' },
  ),
  StandinForgedRows: onStack(async (stack) => {
    await stack.send(installed('client-a'))
    await stack.prover.proveDue()
    await later(stack, `update installations set mac = 'forged'`)
    await findCredentialsInForce(stack.ctx, account).catch(() => {})
  }),
  async StandinEventLoopSlow() {
    const metrics = createMetrics()
    const well = await scraped(metrics.text)
    const turn = () => new Promise((resolve) => setTimeout(resolve, 30)) // The delay is measured every ten milliseconds.
    await turn()
    for (const untilMs = performance.now() + 1_200; performance.now() < untilMs; );
    await turn()
    return { well, ill: await scraped(metrics.text) }
  },
  async StandinOverloaded() {
    const { metrics, clock } = createHttpStack().ctx
    const well = await scraped(metrics.text)
    const server = await createHttpServer({ ...createHttpStack().ctx, metrics, clock: hurried(clock) }, [], {
      askDatabase: () => new Promise(() => {}), // It has no place for a statement.
    })
    const gate = createGate()
    server.get('/waits', () => gate.pass())
    const url = await server.listen({ port: 0, host: '127.0.0.1' })
    const waiting = Array.from({ length: 101 }, () => fetch(`${url}/waits`))
    await expect.poll(() => metrics.text()).toMatch(/standin_admitted_share 0/)
    const ill = await scraped(metrics.text)
    gate.open()
    await Promise.all(waiting)
    await server.close()
    return { well, ill }
  },
  async StandinTooManyStatements() {
    const stack = await createStack()
    const well = await ofStack(stack)
    await sendEverNewStatements(stack.db, 520)
    return { well, ill: await ofStack(stack) }
  },
}

const handOut = {
  accountId: account,
  generation: 1,
  scopeKey: 'a',
  fingerprint: 'f',
  serviceKeyId: undefined,
  restsOn: [],
  receiver: { kind: 'system', id: 'run' } as const,
}

describe('every alert', () => {
  test('has a rehearsal, and every rehearsal an alert', () => {
    expect(Object.keys(rehearsals)).toEqual(rules.map(({ alert }) => alert))
  })

  test.each(rules)('$alert fires when what it is for happens, and not before', async ({ alert, expr, for: lasts }) => {
    const { well, ill } = (await rehearsals[alert]?.()) ?? { well: [], ill: [] }
    const fires = (...scrapes: Scrape[]) => {
      const found = evaluate(expr, scrapes)
      return typeof found === 'number' || found.length > 0
    }
    expect(fires({ atS: -30, series: well }, { atS: 0, series: well })).toBe(false)
    const happened = [
      { atS: 0, series: well },
      { atS: 30, series: ill },
    ]
    expect(fires(...happened)).toBe(true)
    // It holds for as long as the alert waits, where nothing changes.
    const forS = lasts === undefined ? 0 : secondsOf(lasts)
    const range = /\[(\w+)\]/.exec(expr)?.[1]
    if (range === undefined) expect(fires(...happened, { atS: 30 + forS, series: ill })).toBe(true)
    else expect(secondsOf(range)).toBeGreaterThanOrEqual(forS)
  })
})
