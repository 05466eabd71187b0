import { createStandinClient } from '@standin/client'
import { type ErrorReason, type ProcedureContract, procedures } from '@standin/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../scripts/part.ts'
import { accountId, install, otherAccountId, type Stack, startStack, userToken } from './stack.ts'

/** What the procedures are asked about: things of one account. */
interface Things {
  accountId: string
  runId: string
  artifactId: string
}

/** An input for each procedure. One without an entry does not compile, so a procedure added tomorrow is covered. */
type Inputs<Contracts> = {
  [Name in keyof Contracts]: Contracts[Name] extends ProcedureContract
    ? (things: Things) => unknown
    : Inputs<Contracts[Name]>
}
const inputs: Inputs<typeof procedures> = {
  token: { issue: ({ accountId }) => ({ accountId }) },
  installation: { get: ({ accountId }) => ({ accountId }) },
  action: { list: ({ accountId }) => ({ accountId }) },
  run: {
    start: ({ accountId }) => ({
      accountId,
      actionId: 'fleet-snapshot',
      input: {},
      idempotencyKey: 'access-test',
    }),
    get: ({ runId }) => ({ runId }),
    list: ({ accountId }) => ({ accountId }),
    cancel: ({ runId }) => ({ runId }),
    events: ({ runId }) => ({ runId }),
  },
  artifact: { link: ({ artifactId }) => ({ artifactId }) },
}

interface Row {
  path: string
  contract: ProcedureContract
  input: (things: Things) => unknown
}
const rows: Row[] = Object.entries(procedures).flatMap(([noun, named]) =>
  Object.entries(named as Record<string, ProcedureContract>).map(([name, contract]) => ({
    path: `${noun}.${name}`,
    contract,
    input: (inputs as Record<string, Record<string, Row['input']>>)[noun]?.[name] ?? (() => undefined),
  })),
)

let stack: Stack
let things: Things
const bearers: Record<string, string> = {}

beforeAll(async () => {
  stack = await startStack({ fleetSize: 5, environment: { JWKS_COOLDOWN_S: '0' } })
  await install(stack, accountId)
  await install(stack, otherAccountId)
  const key = (service: string, account: string) =>
    stack.operator('keys', 'create', '--service', service, '--account', account, '--scopes', 'asset.view')

  Object.assign(bearers, {
    'a user of the account': await userToken(stack, { accountId }),
    'a user of another account': await userToken(stack, { accountId: otherAccountId }),
    'a user of another app': await userToken(stack, {
      accountId,
      claims: { irisAppId: '@another/app', aud: '@another/app' },
    }),
    'a user whose token has ended': await userToken(stack, { accountId, lifetimeS: -120 }),
    'a user without an account': await userToken(stack, { accountId, claims: { accountId: null } }),
    'a service with a grant': await key('granted', accountId),
    'a service with a grant on all': await key('everywhere', 'all'),
    'a service with a grant on another account': await key('elsewhere', otherAccountId),
    'somebody with a key that was made up': `sk_standin_0123456789ab_${'A'.repeat(43)}0000000`,
    'somebody with an install callback’s identity': (await stack.control<{ identity: string }>('sign', { accountId }))
      .identity,
  })
  things = await makeThings(bearers['a service with a grant'] ?? '')
}, 60_000)
afterAll(() => stack?.[Symbol.asyncDispose]())

/** A finished run of the account, with its file. */
async function makeThings(serviceKey: string): Promise<Things> {
  const { api } = createStandinClient({ url: stack.server, serviceKey })
  const { id: runId } = await api.run.start.mutate({
    accountId,
    actionId: 'fleet-snapshot',
    input: {},
    idempotencyKey: 'access-test',
  })
  await until('the run', async () => (await api.run.get.query({ runId })).state === 'succeeded')
  const [artifact] = (await api.run.get.query({ runId })).artifacts
  return { accountId, runId, artifactId: artifact?.id ?? '' }
}

/** Calls a procedure as bare HTTP. @returns the reason of the refusal, or `allowed` */
async function call({ path, contract, input }: Row, bearer: string | undefined): Promise<ErrorReason | 'allowed'> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
  const json = JSON.stringify(input(things))
  const url = `${stack.server}/trpc/${path}`
  const response =
    contract.kind === 'mutation'
      ? await fetch(url, { method: 'POST', headers, body: json })
      : await fetch(`${url}?input=${encodeURIComponent(json)}`, {
          headers: { ...headers, ...(contract.kind === 'subscription' && { accept: 'text/event-stream' }) },
        })
  const text = await response.text()
  const reason = /"reason":"([A-Z_]+)"/.exec(text)?.[1] as ErrorReason | undefined
  return response.ok && reason === undefined ? 'allowed' : (reason ?? 'INTERNAL')
}

/** What a caller who may not act on the account is told: of things with an id of their own, not even that they exist. */
const foreign: Record<ProcedureContract['account'], ErrorReason> = {
  input: 'ACCOUNT_FORBIDDEN',
  run: 'RUN_NOT_FOUND',
  artifact: 'ARTIFACT_NOT_FOUND',
}

describe('invariant 24: every procedure refuses an account that is not the caller’s', () => {
  for (const row of rows) {
    const { path, contract } = row
    const allowed = (kind: 'user' | 'service') => (contract.callers.includes(kind) ? 'allowed' : 'ACCOUNT_FORBIDDEN')
    const refused = (kind: 'user' | 'service') =>
      contract.callers.includes(kind) ? foreign[contract.account] : 'ACCOUNT_FORBIDDEN'
    // A finished run cannot be cancelled: that the account is right is seen by this reason.
    const own = (kind: 'user' | 'service') => (path === 'run.cancel' ? 'RUN_NOT_CANCELLABLE' : allowed(kind))

    const expected: Array<[caller: string, ErrorReason | 'allowed']> = [
      ['a user of the account', own('user')],
      ['a service with a grant', own('service')],
      ['a service with a grant on all', own('service')],
      ['a user of another account', refused('user')],
      ['a service with a grant on another account', refused('service')],
      ['a user of another app', 'UNAUTHENTICATED'],
      ['a user whose token has ended', 'UNAUTHENTICATED'],
      ['a user without an account', 'UNAUTHENTICATED'],
      ['somebody with a key that was made up', 'UNAUTHENTICATED'],
      ['somebody with an install callback’s identity', 'UNAUTHENTICATED'],
      ['nobody', 'UNAUTHENTICATED'],
    ]
    test.for(expected)(`${path}, asked by %s: %s`, async ([caller, outcome]) => {
      expect(await call(row, bearers[caller])).toBe(outcome)
    })
  }
})
