import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { createStandinClient, type StandinClient } from '@standin/client'
import { type ErrorReason, type ProcedureContract, procedures } from '@standin/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../scripts/part.ts'
import { accountId, install, otherAccountId, type Stack, startStack, userToken } from './stack.ts'

/** The account's things that the procedures are called with. */
interface Things {
  accountId: string
  runId: string
  artifactId: string
  scheduleId: string
  filterId: string
}

/** The outcome for a caller: the reason of a refusal, or `allowed`; for a list over all accounts, also whether it shows the account. */
type Outcome = ErrorReason | 'allowed' | 'allowed, without the account'

interface Asked {
  input: (things: Things) => unknown
  /** The reason that an allowed caller gets if the call still fails, such as cancelling a finished run: access was not what failed. */
  own?: ErrorReason
  /** It needs the scopes of the action concerned, which a user's own token must have as well. */
  needsScopes?: true
}

/** One entry per procedure. A procedure without an entry does not compile, so new ones are covered. */
type Inputs<Contracts> = {
  [Name in keyof Contracts]: Contracts[Name] extends ProcedureContract ? Asked : Inputs<Contracts[Name]>
}
const ofAccount = { input: ({ accountId }: Things) => ({ accountId }) }
const ofRun = { input: ({ runId }: Things) => ({ runId }) }
const ofSchedule = { input: ({ scheduleId }: Things) => ({ scheduleId }) }
const firstCredentials = { input: ({ accountId }: Things) => ({ accountId, generation: 1 }) }
const planned = {
  actionId: 'machine-list',
  input: {},
  deliverTo: [],
  recurrence: 'FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=6;BYMINUTE=0',
  timeZone: 'Europe/Copenhagen',
}
const asked: Inputs<typeof procedures> = {
  token: { issue: ofAccount },
  installation: {
    get: ofAccount,
    list: { input: () => ({}) },
    events: { input: () => ({}) },
    watch: ofAccount,
    tryNow: { ...ofAccount, own: 'INPUT_INVALID' },
    approve: { ...firstCredentials, own: 'INPUT_INVALID' },
    refuse: { ...firstCredentials, own: 'INPUT_INVALID' },
    confirmUninstall: { ...ofAccount, own: 'INPUT_INVALID' },
    dismissUninstall: { ...ofAccount, own: 'INPUT_INVALID' },
  },
  action: {
    list: ofAccount,
    countMachines: { input: ({ accountId }) => ({ accountId, actionId: 'machine-list' }), needsScopes: true },
    tryPlan: { ...ofAccount, needsScopes: true },
  },
  run: {
    start: {
      input: ({ accountId }) => ({ accountId, actionId: 'machine-list', input: {}, idempotencyKey: 'access-test' }),
      needsScopes: true,
    },
    get: { ...ofRun, needsScopes: true },
    list: { ...ofAccount, needsScopes: true },
    latest: ofAccount,
    cancel: { ...ofRun, own: 'RUN_NOT_CANCELLABLE', needsScopes: true },
    retry: {
      input: ({ runId }) => ({ runId, idempotencyKey: 'access-test-retry' }),
      needsScopes: true,
    },
    result: { ...ofRun, needsScopes: true },
    machines: { input: ({ runId }) => ({ runId, filter: {} }), needsScopes: true },
    events: { ...ofRun, needsScopes: true },
  },
  artifact: { link: { input: ({ artifactId }) => ({ artifactId }), needsScopes: true } },
  schedule: {
    list: ofAccount,
    create: { input: ({ accountId }) => ({ accountId, ...planned }), needsScopes: true },
    update: { input: ({ scheduleId }) => ({ scheduleId, timeZone: 'Europe/Berlin' }), needsScopes: true },
    pause: { ...ofSchedule, needsScopes: true },
    resume: { ...ofSchedule, needsScopes: true },
    delete: { ...ofSchedule, needsScopes: true },
    declineOffer: { input: ({ accountId }) => ({ accountId, actionId: 'machine-list' }) },
    preview: {
      input: ({ accountId }) => ({ accountId, recurrence: planned.recurrence, timeZone: planned.timeZone }),
    },
  },
  delivery: {
    signingSecret: ofAccount,
    undelivered: ofAccount,
    resend: {
      input: ({ runId }) => ({ runId, deliveryId: `${runId}/0` }),
      own: 'DELIVERY_NOT_FOUND',
      needsScopes: true,
    },
  },
  receiver: {
    list: ofAccount,
    trust: { input: ({ accountId }) => ({ accountId, kind: 'email', domain: 'acme.example' }) },
    distrust: { input: ({ accountId }) => ({ accountId, kind: 'email', domain: 'acme.example' }) },
    // This server sends no email.
    ask: {
      input: ({ accountId }) => ({ accountId, address: 'x@acme.example' }),
      own: 'INPUT_INVALID',
      needsScopes: true,
    },
    remove: { input: ({ accountId }) => ({ accountId, address: 'x@acme.example' }) },
  },
  filter: {
    list: ofAccount,
    save: { input: ({ accountId }) => ({ accountId, name: 'Cranes', filter: {} }) },
    delete: { input: ({ accountId, filterId }) => ({ accountId, filterId }) },
    choices: { ...ofAccount, needsScopes: true },
  },
  audit: { list: ofAccount },
}

interface Row extends Asked {
  path: string
  contract: ProcedureContract
}
const rows: Row[] = Object.entries(procedures).flatMap(([noun, named]) =>
  Object.entries(named as Record<string, ProcedureContract>).map(([name, contract]) => ({
    ...((asked as Record<string, Record<string, Asked>>)[noun]?.[name] ?? ofAccount),
    path: `${noun}.${name}`,
    contract,
  })),
)

let stack: Stack
let things: Things
let granted: StandinClient['api']
const bearers: Record<string, string> = {}

beforeAll(async () => {
  const environment = { JWKS_COOLDOWN_S: '0', USER_TOKEN_ADMIN_SCOPES: 'account.manage' }
  stack = await startStack({ fleetSize: 5, environment: { ...environment, FAILED_SIGN_INS_PER_MINUTE: '100000' } })
  await install(stack, accountId)
  await install(stack, otherAccountId)
  const key = async (service: string, account: string, scopes = 'asset.view account.view') =>
    JSON.parse(
      await stack.operator('keys', 'create', '--service', service, '--account', account, '--scopes', scopes, '--json'),
    ) as { id: string; key: string }

  const keys = {
    'a service with a grant': await key('granted', accountId),
    'a service with a grant on all': await key('everywhere', 'all'),
    'a service with a grant on another account': await key('elsewhere', otherAccountId),
    'a service without the scope': await key('narrow', accountId, 'account.view'),
    'a service whose grant was removed': await key('removed', accountId),
    'a service with a key that was revoked': await key('granted', accountId),
    'a service with a key that has expired': await key('granted', accountId),
  }
  await stack.operator('grants', 'remove', '--service', 'removed', '--account', accountId, '--yes')
  await stack.operator('keys', 'revoke', keys['a service with a key that was revoked'].id, '--yes')
  await stack.operator('keys', 'rotate', keys['a service with a key that has expired'].id, '--overlap-hours', '0')

  for (const [caller, { key }] of Object.entries(keys)) bearers[caller] = key
  Object.assign(bearers, {
    'a user of the account': await userToken(stack, { accountId }),
    'a user who is no administrator': await userToken(stack, { accountId, role: 'reader' }),
    'a user without the scope': await userToken(stack, { accountId, claims: { scp: ['account.manage'] } }),
    'a user of another account': await userToken(stack, { accountId: otherAccountId }),
    'a user of another app': await userToken(stack, {
      accountId,
      claims: { irisAppId: '@another/app', aud: '@another/app' },
    }),
    'a user whose token has ended': await userToken(stack, { accountId, lifetimeS: -120 }),
    'a user without an account': await userToken(stack, { accountId, claims: { accountId: null } }),
    'somebody with a key that was made up': `sk_standin_0123456789ab_${'A'.repeat(43)}0000000`,
    'somebody with an install callback’s identity': (await stack.control<{ identity: string }>('sign', { accountId }))
      .identity,
  })
  granted = createStandinClient({ url: stack.server, serviceKey: bearers['a service with a grant'] ?? '' }).api
  things = await makeThings()
})
afterAll(() => stack?.[Symbol.asyncDispose]())

/** A finished run of the account, with its file; a schedule and a filter. */
async function makeThings(): Promise<Things> {
  const { id: runId } = await granted.run.start.mutate({
    accountId,
    actionId: 'machine-list',
    input: {},
    idempotencyKey: 'access-test',
  })
  await until('the run', async () => (await granted.run.get.query({ runId })).state === 'succeeded')
  const [artifact] = (await granted.run.get.query({ runId })).artifacts
  const more = { scheduleId: await makeSchedule(), filterId: await makeFilter() }
  return { accountId, runId, artifactId: artifact?.id ?? '', ...more }
}
const makeSchedule = async () => (await granted.schedule.create.mutate({ accountId, ...planned })).id
const makeFilter = async () => (await granted.filter.save.mutate({ accountId, name: 'Diggers', filter: {} })).id

/** Recreates what the previous caller deleted. */
async function thingsFor(path: string): Promise<Things> {
  if (path === 'schedule.delete') return { ...things, scheduleId: await makeSchedule() }
  if (path === 'filter.delete') return { ...things, filterId: await makeFilter() }
  return things
}

/** Calls a procedure over plain HTTP. */
async function call({ path, contract, input }: Row, bearer: string | undefined, expected: Outcome): Promise<Outcome> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
  const json = JSON.stringify(input(await thingsFor(path)))
  const url = `${stack.server}/trpc/${path}`
  const response =
    contract.kind === 'mutation'
      ? await fetch(url, { method: 'POST', headers, body: json })
      : await fetch(`${url}?input=${encodeURIComponent(json)}`, {
          headers: { ...headers, ...(contract.kind === 'subscription' && { accept: 'text/event-stream' }) },
        })
  const isEndless = contract.kind === 'subscription' && contract.account !== 'run'
  // Nothing tells that nothing will come; what must come is waited for.
  const text = await textOf(response, isEndless && { silentForMs: expected === 'allowed' ? 20_000 : 400 })
  if (!response.ok || isRefused(text)) return reasonIn(text) ?? 'INTERNAL'
  return contract.account === 'caller' && !text.includes(accountId) ? 'allowed, without the account' : 'allowed'
}

/** A stream is answered 200 before it is known whether it may be read. */
const isRefused = (stream: string) => /^event: serialized-error$/m.test(stream)
const reasonIn = (text: string) => /"reason":"([A-Z_]+)"/.exec(text)?.[1] as ErrorReason | undefined

/** The body. An endless one is read until it names the account or a reason, or nothing arrives for this long. */
async function textOf(response: Response, endless: { silentForMs: number } | false): Promise<string> {
  if (!endless || !response.ok || !response.body) return response.text()
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const nothing = AbortSignal.timeout(endless.silentForMs)
    const silence = new Promise<undefined>((resolve) => nothing.addEventListener('abort', () => resolve(undefined)))
    const read = await Promise.race([reader.read(), silence])
    text += read?.value ?? ''
    if (!read || read.done || isRefused(text) || text.includes(accountId)) break
  }
  await reader.cancel()
  return text
}

/** The refusal for a caller without access to the account. Things with an id of their own appear not to exist. */
const foreign: Record<ProcedureContract['account'], Outcome> = {
  input: 'ACCOUNT_FORBIDDEN',
  run: 'RUN_NOT_FOUND',
  artifact: 'ARTIFACT_NOT_FOUND',
  schedule: 'SCHEDULE_NOT_FOUND',
  caller: 'allowed, without the account',
}

function expectations({ contract, own: told, needsScopes }: Row): Array<[caller: string, Outcome]> {
  const own: Outcome = told ?? 'allowed'
  const as = (kind: 'user' | 'service', outcome: Outcome) =>
    contract.callers.includes(kind) ? outcome : 'ACCOUNT_FORBIDDEN'
  const withoutScope = needsScopes ? 'SCOPE_FORBIDDEN' : own
  return [
    ['a user of the account', as('user', own)],
    ['a user who is no administrator', as('user', contract.administrators ? 'SCOPE_FORBIDDEN' : own)],
    ['a user without the scope', as('user', withoutScope)],
    ['a user of another account', as('user', foreign[contract.account])],
    ['a service with a grant', as('service', own)],
    ['a service with a grant on all', as('service', own)],
    ['a service without the scope', as('service', withoutScope)],
    ['a service with a grant on another account', as('service', foreign[contract.account])],
    ['a service whose grant was removed', as('service', foreign[contract.account])],
    ['a service with a key that was revoked', 'UNAUTHENTICATED'],
    ['a service with a key that has expired', 'UNAUTHENTICATED'],
    ['a user of another app', 'UNAUTHENTICATED'],
    ['a user whose token has ended', 'UNAUTHENTICATED'],
    ['a user without an account', 'UNAUTHENTICATED'],
    ['somebody with a key that was made up', 'UNAUTHENTICATED'],
    ['somebody with an install callback’s identity', 'UNAUTHENTICATED'],
    ['nobody', 'UNAUTHENTICATED'],
  ]
}

describe('invariant 24: every procedure refuses an account that is not the caller’s', () => {
  for (const row of rows)
    test.for(expectations(row))(`${row.path}, asked by %s: %s`, async ([caller, outcome]) => {
      expect(await call(row, bearers[caller], outcome)).toBe(outcome)
    })
})

/** The routes other than tRPC's, by their file, with the outcome for every caller. */
const routes: Record<string, () => void> = {
  'trpc-route.ts': () => {}, // The router, above.
  // Each route calls its procedure; `register-rest-routes.test.ts` compares the two for every kind of caller.
  'rest-routes.ts': () => {},
  'register-rest-routes.ts': () => {},
  'token-route.ts': () => {
    const issue = rows.find(({ path }) => path === 'token.issue')
    test.for(issue ? expectations(issue) : [])('POST /v1/token, asked by %s: %s', async ([caller, outcome]) => {
      expect(await ask('POST', '/v1/token', caller, { accountId })).toBe(outcome)
    })
  },
  'artifact-route.ts': () => {
    test('GET /artifacts/<link>: only the link counts, and a made-up one works for no caller', async () => {
      const { url } = await granted.artifact.link.mutate({ artifactId: things.artifactId })
      expect((await fetch(url)).status).toBe(200)
      for (const caller of ['a user of the account', 'a service with a grant on all', 'nobody']) {
        expect(await ask('GET', `/artifacts/${things.artifactId}`, caller)).toBe('LINK_EXPIRED')
        expect(await ask('GET', new URL(`${url}x`).pathname, caller)).toBe('LINK_EXPIRED')
      }
    })
  },
  'receiver-route.ts': () => {
    test('GET and POST /receivers/…/<link>: only the link counts, and a made-up one works for no caller', async () => {
      for (const caller of ['a user of the account', 'a service with a grant on all', 'nobody'])
        for (const purpose of ['confirm', 'withdraw'])
          for (const method of ['GET', 'POST'] as const)
            expect(await ask(method, `/receivers/${purpose}/${accountId}`, caller)).not.toBe('allowed')
    })
  },
  'callback-route.ts': () => {
    test('POST /trackunit/callback: no key or token replaces Trackunit’s signature', async () => {
      const uninstalled = { type: 'UNINSTALLED', irisAppId: '@standin/fleet-assistant', accountId }
      for (const caller of [...Object.keys(bearers), 'nobody'])
        expect(await ask('POST', '/trackunit/callback', caller, uninstalled), caller).toBe('IDENTITY_MISSING')
    })
  },
  'lifecycle-route.ts': () => {
    test('POST /trackunit/lifecycle: services and unverified callers are refused', async () => {
      const said = { accountId, event: 'UNINSTALLED' }
      for (const caller of Object.keys(bearers)
        .filter((each) => !each.startsWith('a user'))
        .concat('nobody'))
        expect(await ask('POST', '/trackunit/lifecycle', caller, said), caller).not.toBe('allowed')
    })
  },
  'openapi-route.ts': () => {
    test('GET /v1/openapi.json is the same for every caller', async () => {
      const document = await (await fetch(`${stack.server}/v1/openapi.json`)).text()
      expect(JSON.parse(document)).toMatchObject({ openapi: '3.1.1', servers: [{ url: stack.server }] })
      expect(document).not.toContain(accountId)
    })
  },
  'health-route.ts': () => {
    test('GET /health/live and /health/ready are the same for every caller, and name no account', async () => {
      for (const path of ['/health/live', '/health/ready'])
        expect(await (await fetch(`${stack.server}${path}`)).text()).not.toContain(accountId)
    })
  },
}

async function ask(method: 'GET' | 'POST', path: string, caller: string, body?: unknown): Promise<Outcome> {
  const bearer = bearers[caller]
  const response = await fetch(`${stack.server}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const reason = reasonIn(await response.text())
  return response.ok ? 'allowed' : (reason ?? 'INTERNAL')
}

describe('invariant 24: every route other than tRPC’s', () => {
  test('is tested here', () => {
    const files = readdirSync(new URL('../packages/standin/src', import.meta.url), {
      recursive: true,
      encoding: 'utf8',
    })
    const found = files.map((file) => basename(file)).filter((name) => /-routes?\.ts$/.test(name))
    expect(found.sort()).toEqual(Object.keys(routes).sort())
  })
  for (const declare of Object.values(routes)) declare()
})
