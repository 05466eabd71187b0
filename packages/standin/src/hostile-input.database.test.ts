import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type ProcedureContract, procedures } from '@standin/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { json, type LocalServer, startLocalServer } from '../test/local-server.ts'
import { installAccount } from '../test/run-stack.ts'
import { createSigningKey } from '../test/signing-keys.ts'
import { createTestDatabase } from '../test/test-database.ts'
import { openTestReplica, testApp } from '../test/test-replica.ts'
import { createKey } from './access/create-key.ts'
import { defineAction } from './actions/define-action.ts'
import { createStandin, type RunningStandin } from './create-standin.ts'

const accountId = '11111111-1111-4111-8111-111111111111'
const scopes = ['a', 'b', 'asset.view']
const app = { ...testApp, scopes: scopes.map((scope) => ({ scope, optional: false })) }
const action = defineAction({
  id: 'count',
  title: 'Count',
  description: 'Counts.',
  scopes: ['a'],
  changesData: false,
  input: z.object({ note: z.string(), places: z.array(z.number()).optional() }),
  run: async () => {},
})

const runId = '22222222-2222-4222-8222-222222222222'
const artifactId = '33333333-3333-4333-8333-333333333333'
const filterId = '44444444-4444-4444-8444-444444444444'
const scheduleId = '55555555-5555-4555-8555-555555555555'
const ofAccount = { accountId }
const page = { cursor: '1', limit: 5 }
const filter = { groupIds: ['g'], siteIds: ['s'], types: ['t'] }
const deliverTo = [
  { kind: 'webhook', url: 'https://hooks.example/x' } as const,
  { kind: 'email', address: 'anna@example.com', file: 'csv' } as const,
]
const habits = {
  timeZone: 'Europe/Copenhagen',
  unitSystem: 'metric',
  language: 'da-DK',
  accountName: 'Nordvang',
} as const
const planned = { input: { note: 'n', places: [1] }, recurrence: 'FREQ=DAILY;BYHOUR=6', deliverTo, ...habits }

/** A whole input for each procedure, with every optional field. A procedure without one does not compile. */
const wholeInputs: Inputs<typeof procedures> = {
  token: { issue: { accountId, scopes: ['a'], rejectedFingerprint: 'x'.repeat(43) } },
  installation: {
    get: ofAccount,
    list: { ...page, cursor: accountId },
    events: { lastEventId: '1' },
    watch: { accountId, knownForMs: 0, lastEventId: '1' },
    tryNow: ofAccount,
    approve: { accountId, generation: 1 },
    refuse: { accountId, generation: 1 },
    confirmUninstall: ofAccount,
    dismissUninstall: ofAccount,
  },
  action: {
    list: { accountId, language: 'da' },
    countMachines: { accountId, actionId: 'count' },
    tryPlan: ofAccount,
  },
  run: {
    start: {
      accountId,
      actionId: 'count',
      input: planned.input,
      idempotencyKey: 'a key of the test',
      mode: 'apply',
      previewRunId: runId,
      leaveOut: ['a row'],
      deliverTo,
      ...habits,
    },
    get: { runId },
    list: { accountId, actionId: 'count', states: ['queued'], scheduleId, previewRunId: runId, ...page },
    latest: ofAccount,
    cancel: { runId },
    retry: { runId, idempotencyKey: 'another key of the test' },
    result: {
      runId,
      search: 'crane',
      filter: { site: 'Aarhus' },
      onlyNew: true,
      offset: 0,
      ...page,
      sort: { key: 'site', descending: true },
      within: { south: 55, west: 8, north: 58, east: 13 },
    },
    machines: { runId, filter, ...page },
    events: { runId, lastEventId: '1' },
  },
  artifact: { link: { artifactId } },
  schedule: {
    list: { accountId, ...page },
    create: { accountId, actionId: 'count', ...planned },
    update: { scheduleId, ...planned },
    declineOffer: { accountId, actionId: 'count' },
    pause: { scheduleId },
    resume: { scheduleId },
    delete: { scheduleId },
    preview: { accountId, recurrence: planned.recurrence, timeZone: habits.timeZone },
  },
  delivery: { signingSecret: ofAccount, undelivered: ofAccount, resend: { runId, deliveryId: `${runId}/0` } },
  receiver: {
    list: ofAccount,
    trust: { accountId, kind: 'webhook', domain: 'hooks.example' },
    distrust: { accountId, kind: 'email', domain: 'acme.example' },
    ask: { accountId, address: 'bert@acme.example', language: 'da' },
    remove: { accountId, address: 'bert@acme.example' },
  },
  filter: {
    list: ofAccount,
    save: { accountId, name: 'Cranes', filter },
    delete: { accountId, filterId },
    choices: { accountId, search: 'a', filter },
  },
  audit: {
    list: {
      accountId,
      from: '2025-01-01T00:00:00Z',
      to: '2026-01-01T00:00:00Z',
      actorId: 'anna',
      counted: true,
      actorKinds: ['user'],
      kinds: ['read'],
      changesOfRun: runId,
      ...page,
    },
  },
}
type Inputs<Contracts> = {
  [Name in keyof Contracts]: Contracts[Name] extends { input: z.ZodType }
    ? Required<z.input<Contracts[Name]['input']>>
    : Inputs<Contracts[Name]>
}

/** JSON that no field takes: refused wherever it stands, and the field is named. */
const never: Readonly<Record<string, string>> = {
  NUL: '"a\\u0000b"',
  'half a surrogate pair': '"\\ud83d"',
  'the other half': '"x\\udc00"',
  'a number beyond all numbers': '1e999',
  'arrays nested 2,000 deep': '['.repeat(2_000) + ']'.repeat(2_000),
  'objects nested 1,000 deep': `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`,
  'an array of 3,000': `[${'0,'.repeat(2_999)}0]`,
  'a key with NUL': '{"a\\u0000":1}',
  'a key that reaches the prototype': '{"__proto__":{"x":1}}',
}
/** JSON that some field may take; no field breaks on it. */
const odd: readonly string[] = [
  'null',
  'true',
  '{}',
  '[]',
  '[[]]',
  '-1',
  '0',
  '1.5',
  '2147483648',
  '9007199254740993',
  '-0',
  '1e21',
  '1e308',
  '""',
  '" "',
  '"\\r\\nBcc: x@y.example"',
  '"\\u0007"',
  '"\\u2028"',
  '"%"',
  '"\\\\"',
  `"'; drop table runs; --"`,
  '"9007199254740993"',
  '"999999999999999"',
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59Z"',
  '"\\ud83d\\ude00"',
  '"٣"',
  '"-"',
  '"1970-01-01T00:00:00.000000001Z"',
  `"${'x'.repeat(3_000)}"`,
  '"ﷺ"',
  '["a","a"]',
  '"FREQ=DAILY"',
  '"00000000-0000-0000-0000-000000000000"',
  '"__proto__"',
  '"constructor"',
  '{"constructor":1}',
  '"toString"',
]

interface Row {
  path: string
  contract: ProcedureContract
  input: unknown
}
const rows: Row[] = Object.entries(procedures).flatMap(([noun, named]) =>
  Object.entries(named as Record<string, ProcedureContract>).map(([name, contract]) => ({
    path: `${noun}.${name}`,
    contract,
    input: (wholeInputs as unknown as Record<string, Record<string, unknown>>)[noun]?.[name],
  })),
)

/** Every place in an input, the whole of it included. */
function placesIn(value: unknown, at: readonly string[] = []): string[][] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [[...at], ...inner.flatMap(([key, each]) => placesIn(each, [...at, key]))]
}

/** The input as JSON, with other JSON at a place. */
function jsonWith(value: unknown, at: readonly string[], given: string): string {
  const [first, ...rest] = at
  if (first === undefined) return given
  const entries = Object.entries(value as object).map(([key, each]) => [
    key,
    key === first ? jsonWith(each, rest, given) : JSON.stringify(each),
  ])
  if (Array.isArray(value)) return `[${entries.map(([, each]) => each).join()}]`
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${each}`).join()}}`
}

const keysOf = (letter: string) => `k:${Buffer.alloc(32, letter).toString('base64url')}`
const manager = await createSigningKey('manager')
const database = await createTestDatabase()
const agent = new Agent({ keepAlive: true, maxSockets: 8 })
let published: LocalServer
let server: RunningStandin
let [service, user] = ['', '']

beforeAll(async () => {
  published = await startLocalServer(json({ keys: [manager.jwk] }))
  const environment = {
    STANDIN_ENCRYPTION_KEYS: keysOf('e'),
    STANDIN_AUDIT_KEYS: keysOf('a'),
    STANDIN_LINK_KEYS: keysOf('l'),
    USER_TOKEN_ISSUER: 'https://manager.example',
    USER_TOKEN_JWKS_URL: published.url,
    USER_TOKEN_APP_CLAIM: 'app',
    USER_TOKEN_ACCOUNT_CLAIM: 'account',
    USER_TOKEN_SCOPE_CLAIM: 'scp',
    USER_TOKEN_ADMIN_SCOPES: 'admin',
    CALLBACK_PATH_SECRET: 'none',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    SERVICE_KEY_REQUESTS_PER_S: '1000000',
    USER_REQUESTS_PER_S: '1000000',
    STANDIN_PARTS: 'callbacks,api',
    TRACKUNIT_TOKEN_URL: 'http://127.0.0.1:9',
    TRACKUNIT_JWKS_URL: 'http://127.0.0.1:9',
  }
  await using replica = openTestReplica(database, { app, environment })
  const { ctx, sql } = replica
  await installAccount(ctx, accountId)
  const expiresAt = new Date('2099-01-01')
  const actor = { kind: 'operator', id: 'test' } as const
  const { key } = await createKey(ctx, { service: 'reports', accountId: 'all', scopes, expiresAt, actor })
  service = `Bearer ${key.reveal()}`
  user = `Bearer ${await manager.sign({
    iss: 'https://manager.example',
    app: app.id,
    account: accountId,
    sub: 'anna',
    scp: [...scopes, 'admin'],
    exp: 4_000_000_000,
  })}`
  server = await createStandin({ app, actions: [action] }).start({ ...environment, DATABASE_URL: database.url })
  // What the inputs name is there, under their ids.
  const seed = { ...wholeInputs.run.start, previewRunId: undefined, leaveOut: undefined, deliverTo: [] }
  expect((await call(rowOf('run.start'), JSON.stringify(seed))).status).toBe(200)
  const { deliverTo: _, ...plan } = wholeInputs.schedule.create
  expect((await call(rowOf('schedule.create'), JSON.stringify({ ...plan, deliverTo: [] }))).status).toBe(200)
  const ended = JSON.stringify({
    id: runId,
    idempotency_key: 'seed',
    state: 'succeeded',
    ended_at: '2025-01-01T00:00:00Z',
  })
  await sql`insert into runs select (jsonb_populate_record(runs, ${ended}::text::jsonb)).* from runs`
  await sql`update schedules set id = ${scheduleId}`
  const columns = JSON.stringify([
    { key: 'site', title: 'Site', kind: 'text', filterable: true },
    { key: 'place', title: 'Place', kind: 'place', filterable: false },
  ])
  await sql`insert into run_results (account_id, run_id, rows, columns)
    select account_id, id, 1, ${columns}::text::jsonb from runs where id = ${runId}`
  await sql`
    insert into run_result_rows (account_id, run_id, position, row_id, machine, cells, is_new, searched)
    select account_id, run_id, 0, 'r', null, '{"site":"Aarhus","place":"56,10"}', true, 'crane' from run_results`
})
afterAll(async () => {
  await server?.stop()
  agent.destroy()
  await published?.[Symbol.asyncDispose]()
  await database.drop()
})

const rowOf = (path: string): Row => rows.find((row) => row.path === path) ?? rows[0]!

interface Answer {
  status: number
  id?: string
  reason?: string
  issues?: Array<{ path: string; message: string }>
}

/** Calls as `@standin/client` does; of a stream only the head is read. */
async function call({ path, contract }: Row, input: string): Promise<Answer> {
  const isQuery = contract.kind !== 'mutation'
  const isRefused = !contract.input.safeParse(JSON.parse(input)).success
  // Brackets and quotes as they are: encoded, deep nesting would be larger than all headers may be.
  const query = `?input=${encodeURIComponent(input).replace(/%(5B|5D|7B|7D|3A|2C)/g, decodeURIComponent)}`
  const asking = request(`${server.url}/trpc/${path}${isQuery ? query : ''}`, {
    agent,
    method: isQuery ? 'GET' : 'POST',
    headers: {
      authorization: contract.callers.includes('service') ? service : user,
      ...(!isQuery && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(input) }),
    },
  })
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  asking.on('error', reject).on('response', async (response) => {
    const status = response.statusCode ?? 0
    if (response.headers['content-type']?.startsWith('text/event-stream')) {
      // A refusal comes as an event; what is not refused stays open.
      let sent = ''
      for await (const piece of response.setEncoding('utf8')) {
        sent += piece
        const [, refusal] = /event: serialized-error\ndata: (.*)\n/.exec(sent) ?? []
        if (refusal === undefined && isRefused) continue
        const { httpStatus = status, reason, issues } = refusal === undefined ? {} : JSON.parse(refusal).data
        return resolve({ status: httpStatus, reason, issues })
      }
      return resolve({ status })
    }
    const { result, error, reason } = JSON.parse(await text(response))
    resolve({ status, id: result?.data?.id, reason: reason ?? error?.data?.reason, issues: error?.data?.issues })
  })
  asking.end(isQuery ? undefined : input)
  return promise
}

describe('input is refused: it breaks nothing, and is never silently repaired', () => {
  test.for(rows)('$path', async (row) => {
    const wrong: unknown[] = []
    const places = placesIn(row.input)
    const ask = async (at: string[], given: string, name?: string) => {
      const input = jsonWith(row.input, at, given)
      const { status, reason, issues } = await call(row, input)
      const isNamed = issues?.some(({ path }) => at.length === 0 || path.split('.')[0] === at[0])
      const isRefused = status === 431 || (status === 400 && reason === 'INPUT_INVALID' && isNamed)
      if ((status >= 500 && !reason?.startsWith('TRACKUNIT_')) || (name !== undefined && !isRefused))
        wrong.push({ at: at.join('.'), given: (name ?? given).slice(0, 60), status, reason, issues })
    }
    for (const at of places) {
      await Promise.all(Object.entries(never).map(([name, given]) => ask(at, given, name)))
      if (at[0] !== 'accountId') await Promise.all(odd.map((given) => ask(at, given)))
    }
    expect(wrong).toEqual([])
  })
})
