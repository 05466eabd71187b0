import { describe, expect, test, vi } from 'vitest'
import {
  account,
  appId,
  type CallbackStack,
  installed,
  otherAccount,
  prepareCallbackStacks,
  refuses,
} from '../../../test/callback-stack.ts'
import { patiently } from '../../../test/patiently.ts'
import { createPublishedKeys } from '../../../test/published-keys.ts'
import { createSigningKey } from '../../../test/signing-keys.ts'
import { createAccessMemory } from '../../access/access-context.ts'
import { createHttpServer } from '../../http/http-server.ts'
import { createLogger } from '../../observability/logger.ts'
import { proveDueCredentials } from '../prove-credentials.ts'
import { registerLifecycleRoute } from './lifecycle-route.ts'

const createStack = prepareCallbackStacks()
const manager = await createSigningKey('manager')
const minute = 60_000

const issuer = 'https://manager.example'
const jwksUrl = 'https://keys.example/jwks'
const userTokens = {
  USER_TOKEN_ISSUER: issuer,
  USER_TOKEN_JWKS_URL: jwksUrl,
  USER_TOKEN_APP_CLAIM: 'app',
  USER_TOKEN_ACCOUNT_CLAIM: 'account',
}

async function createEdge({ verifies = true, isInstalled = true } = {}) {
  const stack = await createStack(verifies ? userTokens : {})
  const { clock } = stack
  let log = ''
  const ctx = {
    ...stack.ctx,
    fetch: createPublishedKeys(manager.jwk).fetch,
    log: createLogger('info', { write: (line) => (log += line) }),
  }
  const edgeCtx = { ...ctx, access: createAccessMemory(ctx) }
  const server = await createHttpServer(edgeCtx)
  registerLifecycleRoute(server, edgeCtx)
  if (verifies) {
    await edgeCtx.access.userKeys?.refreshIfAllowed()
    // The published keys are stored once; from then on only a signal can change the database.
    await vi.waitUntil(
      async () => (await stack.connection.sql`select from key_sets where url = ${jwksUrl}`).length > 0,
      patiently,
    )
  }
  if (isInstalled) {
    await stack.send(installed('client-a'), { at: 1 })
    await proveDueCredentials(stack.ctx)
  }
  const appToken = (claims: object = {}) =>
    manager.sign({
      iss: issuer,
      app: appId,
      account,
      exp: clock.now().getTime() / 1_000 + 3_600,
      ...claims,
    })
  return {
    stack,
    appToken,
    logged: () => log,
    async signal(body: unknown, token?: string) {
      const bearer = token ?? (await appToken())
      const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
      const response = await server.inject({
        method: 'POST',
        url: '/trackunit/lifecycle',
        headers,
        payload: JSON.stringify(body),
      })
      return { status: response.statusCode, body: response.json() as Record<string, unknown> }
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}
const states = async (stack: CallbackStack) => (await stack.rows()).map(({ state }) => state)
const left = { type: 'UNINSTALLED', accountId: account }

describe('invariant 8: the lifecycle extension signals an uninstall', () => {
  test('it is shown, the credentials are probed, and while they work nothing is erased', async () => {
    await using edge = await createEdge()
    const { stack } = edge

    expect(await edge.signal(left)).toEqual({ status: 200, body: { status: 'accepted' } })
    for (let round = 0; round < 3; round++) await proveDueCredentials(stack.ctx)

    expect(stack.exchanged).toEqual(['client-a', 'client-a'])
    expect(await states(stack)).toEqual(['active'])
    expect(await stack.installation()).toMatchObject({ uninstallSignalledAt: expect.any(Date) })
    expect((await stack.audit()).at(-1)).toBe('installation.uninstall-signalled')
  })

  test('refusals spread over an hour confirm it', async () => {
    await using edge = await createEdge()
    const { stack } = edge
    stack.clients.set('client-a', refuses)

    await edge.signal(left)
    await stack.probe(4)
    expect(await states(stack)).toEqual(['parked'])
    await stack.probe(1)

    expect(await states(stack)).toEqual(['uninstalled'])
    expect(await stack.dump()).not.toContain('eyJ')
  })

  test('repeated signals cost one exchange a minute and leave one audit row', async () => {
    await using edge = await createEdge()
    const { stack } = edge
    const answers: unknown[] = []
    for (let second = 0; second < 90; second++) {
      answers.push((await edge.signal(left)).body.status)
      await proveDueCredentials(stack.ctx)
      stack.clock.advance(1_000)
    }
    expect(answers.filter((status) => status === 'accepted')).toHaveLength(2)
    expect(stack.exchanged).toHaveLength(3)
    expect((await stack.audit()).filter((event) => event === 'installation.uninstall-signalled')).toHaveLength(1)
  })

  test('a newer install ends the signal', async () => {
    await using edge = await createEdge()
    const { stack } = edge
    await edge.signal(left)
    stack.clock.advance(minute)
    await stack.send(installed('client-b'))
    await proveDueCredentials(stack.ctx)
    expect(await stack.installation()).toMatchObject({ activeGeneration: 2, uninstallSignalledAt: null })
  })

  test.each([
    ['an account that never installed', { isInstalled: false }, left],
    ['an install, whose credentials the callback brings', {}, { type: 'INSTALLED' }],
  ])('%s is ignored and changes nothing', async (_title, how, body) => {
    await using edge = await createEdge(how)
    const before = await edge.stack.dump()
    expect((await edge.signal(body)).body).toEqual({ status: 'ignored' })
    expect(await edge.stack.dump()).toBe(before)
  })
})

describe('invariant 8: signals from anyone else are rejected', () => {
  const endS = 4_000_000_000
  test.each<[string, (edge: Awaited<ReturnType<typeof createEdge>>) => Promise<string> | string]>([
    ['no token', () => ''],
    ['garbage', () => 'a.b.c'],
    ['a token of another app', ({ appToken }) => appToken({ app: '@evil/app' })],
    ['a token of another issuer', ({ appToken }) => appToken({ iss: 'https://evil.example' })],
    ['a token without an account', ({ appToken }) => appToken({ account: undefined })],
    ['an expired token', ({ appToken }) => appToken({ exp: 1 })],
    ['an install callback’s identity', ({ stack }) => stack.signingKey.sign({ account, exp: endS, iss: issuer })],
  ])('%s is refused, counted, and causes no exchange', async (_title, makeToken) => {
    await using edge = await createEdge()
    const before = await edge.stack.dump()

    const { status, body } = await edge.signal(left, await makeToken(edge))

    expect({ status, reason: body.reason }).toEqual({ status: 401, reason: 'UNAUTHENTICATED' })
    expect(edge.logged()).toContain('"refused":{"UNAUTHENTICATED":1}')
    expect(await edge.stack.dump()).toBe(before)
  })

  test('a token of another account is no signal for this one', async () => {
    await using edge = await createEdge()
    const token = await edge.appToken({ account: otherAccount })
    expect(await edge.signal(left, token)).toMatchObject({ status: 403, body: { reason: 'ACCOUNT_FORBIDDEN' } })
    expect(await edge.stack.installation()).toMatchObject({ uninstallSignalledAt: null })
  })

  test('without settings for these tokens all are refused', async () => {
    await using edge = await createEdge({ verifies: false })
    expect((await edge.signal(left)).status).toBe(401)
  })

  test('a flood of refused signals is counted in one log line a minute', async () => {
    await using edge = await createEdge()
    for (let sent = 0; sent < 50; sent++) await edge.signal(left, 'a.b.c')
    edge.stack.clock.advance(minute)
    await edge.signal(left, 'a.b.c')
    const lines = edge
      .logged()
      .split('\n')
      .filter((line) => line.includes('lifecycle signals refused'))
    expect(lines.map((line) => JSON.parse(line).refused)).toEqual([{ UNAUTHENTICATED: 1 }, { UNAUTHENTICATED: 51 }])
  })

  test.each([[{ type: 'REBOOT' }], [{}], [[]], [{ type: 'UNINSTALLED', accountId: 'me' }]])(
    '%j is no signal',
    async (body) => {
      await using edge = await createEdge()
      expect(await edge.signal(body)).toMatchObject({ status: 400, body: { reason: 'INPUT_INVALID' } })
    },
  )
})

describe('invariant 25: the limits of callers', () => {
  test('an address that fails too often is told when to retry; a genuine signal from it is accepted', async () => {
    const { signal } = await createEdge()
    const forged = () => signal({ type: 'UNINSTALLED' }, 'eyJhbGciOiJFUzI1NiJ9.e30.x')
    for (let failed = 0; failed < 600; failed++) await forged()
    expect(await forged()).toMatchObject({ status: 429 })
    expect(await signal({ type: 'UNINSTALLED' })).toMatchObject({ status: 200 })
  })

  test('an account with more than a hundred signals in a minute is told to wait', async () => {
    const { signal, appToken } = await createEdge()
    for (let sent = 0; sent < 100; sent++) expect((await signal({ type: 'UNINSTALLED' })).status).toBe(200)
    expect(await signal({ type: 'UNINSTALLED' })).toMatchObject({ status: 429 })
    expect((await signal({ type: 'UNINSTALLED' }, await appToken({ account: otherAccount }))).status).toBe(200)
  })
})
