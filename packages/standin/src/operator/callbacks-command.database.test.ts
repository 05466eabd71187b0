import { describe, expect, test } from 'vitest'
import {
  account,
  appId,
  type CallbackStack,
  delivered,
  installed,
  otherAccount,
  prepareCallbackStacks,
  uninstalled,
} from '../../test/callback-stack.ts'
import { createSigningKey } from '../../test/signing-keys.ts'
import { listObservedTokens } from '../access/observed-token-store.ts'
import { saveRefusedTokens } from '../access/refused-tokens.ts'
import { confirmUninstall } from '../accounts/uninstall.ts'
import { callbacks } from '../callbacks/callback-table.ts'
import { countRejection, saveRejections } from '../callbacks/rejected/count-rejections.ts'
import { runOperatorCommand } from './operator.ts'

const createStack = prepareCallbackStacks()
const app = {
  id: appId,
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://standin.example/trackunit/callback',
}
const hostile = 'a\u001b]0;owned\u0007'

/** The operator's program beside the server of this stack, with the same keys. */
async function standin(stack: CallbackStack, argv: string[]) {
  let [out, said] = ['', '']
  const exitCode = await runOperatorCommand({
    app,
    argv,
    environment: {
      DATABASE_URL: stack.url,
      STANDIN_ENCRYPTION_KEYS: stack.ringText,
      STANDIN_LINK_KEYS: `l:${'B'.repeat(43)}`,
    },
    writeOut: (text) => (out += text),
    writeErr: (text) => (said += text),
  })
  return { out, said, exitCode }
}

const identityOf = (stack: CallbackStack, claims: Record<string, unknown>, key = stack.signingKey) => {
  const iat = Math.floor(stack.clock.now().getTime() / 1_000)
  return key.sign({ iat, exp: iat + 600, ...claims })
}

describe('callbacks held and release', () => {
  test('a held callback is listed without its content, and released by its id', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, { aud: '@acme/other' })
    await stack.receiveCallback(delivered(identity, installed('client-a'), stack.clock)).catch(() => {})

    const listed = await standin(stack, ['callbacks', 'held', '--json'])
    const [held] = JSON.parse(listed.out)
    expect(held).toMatchObject({ state: 'held', reason: 'IDENTITY_MISMATCH', accountId: account, address: '192.0.2.1' })
    expect(listed.out).not.toMatch(/s3cr3t|eyJ/)
    expect((await standin(stack, ['callbacks', 'held'])).out).toContain(held.id)

    const released = await standin(stack, ['callbacks', 'release', held.id])
    expect(released).toMatchObject({ exitCode: 0, out: `accepted  ${account}\n` })
    expect(await stack.rows()).toMatchObject([{ clientId: 'client-a', state: 'pending' }])
    expect(await standin(stack, ['callbacks', 'release', held.id])).toMatchObject({ exitCode: 1, out: '' })
    expect(await standin(stack, ['callbacks', 'release', 'nonsense'])).toMatchObject({ exitCode: 2 })
  })

  test('one that no operator may release is dismissed, with an entry in the audit', async () => {
    const stack = await createStack()
    const identity = await identityOf(stack, { aud: '@acme/other' })
    await stack.receiveCallback(delivered(identity, { hello: 'you' }, stack.clock)).catch(() => {})
    const [held] = JSON.parse((await standin(stack, ['callbacks', 'held', '--json'])).out)

    expect(await standin(stack, ['callbacks', 'dismiss', held.id])).toMatchObject({ exitCode: 2 })
    const dismissed = await standin(stack, ['callbacks', 'dismiss', held.id, '--yes'])
    expect(dismissed).toMatchObject({ exitCode: 0, out: `dismissed  ${held.id}\n` })
    expect(JSON.parse((await standin(stack, ['callbacks', 'held', '--json'])).out)).toEqual([])
    expect(await stack.audit()).toContain('callback.dismissed')
    expect(await standin(stack, ['callbacks', 'dismiss', held.id, '--yes'])).toMatchObject({ exitCode: 1, out: '' })
  })
})

describe('callbacks rejected', () => {
  test('counts all, and shows samples without body, JWT or control characters', async () => {
    const stack = await createStack()
    const forger = await createSigningKey(hostile)
    const jwt = await forger.sign({ [hostile]: 's3cr3t' })
    for (let index = 0; index < 1_000; index++)
      countRejection(stack.ctx, {
        reason: 'IDENTITY_INVALID',
        address: '203.0.113.9',
        bodyBytes: 12,
        mediaType: hostile,
        jwt,
      })
    countRejection(stack.ctx, { reason: 'METHOD_NOT_ALLOWED', address: '203.0.113.9' })
    await saveRejections(stack.ctx)

    const { counts, samples } = JSON.parse((await standin(stack, ['callbacks', 'rejected', '--json'])).out)
    expect(counts).toMatchObject([
      { day: '2025-03-01', reason: 'IDENTITY_INVALID', count: 1_000 },
      { reason: 'METHOD_NOT_ALLOWED', count: 1 },
    ])
    expect(samples).toHaveLength(6)
    expect(samples.at(-1)).toMatchObject({ reason: 'IDENTITY_INVALID', bodyBytes: 12, algorithm: 'ES256' })
    const { out } = await standin(stack, ['callbacks', 'rejected'])
    expect(out).toContain('IDENTITY_INVALID  1000')
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]|s3cr3t|eyJ/u)
  })

  test('its table is bounded, and counting continues when no more samples fit', async () => {
    const stack = await createStack()
    for (let round = 0; round < 60; round++) {
      for (let index = 0; index < 6; index++)
        countRejection(stack.ctx, { reason: 'NOT_FOUND', address: `192.0.2.${index}` })
      await saveRejections(stack.ctx)
    }
    const { counts, samples } = JSON.parse(
      (await standin(stack, ['callbacks', 'rejected', '--json', '--limit', '999'])).out,
    )
    expect([counts[0].count, samples.length]).toEqual([360, 200])
  })
})

describe('callbacks wait', () => {
  test('prints the applied callback, immediately if it arrived before', async () => {
    const stack = await createStack()
    await stack.send(installed('client-a'))
    const { out, exitCode } = await standin(stack, ['callbacks', 'wait', '--account', account, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ outcome: 'accepted', type: 'INSTALLED', accountId: account })
  })

  test('waits for a callback of that account, not of another', async () => {
    const stack = await createStack()
    await stack.send(installed('client-z'))
    const waiting = standin(stack, ['callbacks', 'wait', '--account', account, '--new', '--seconds', '20'])
    // Callbacks that arrive before the command's first look do not count as new, so they are sent until it saw one.
    let sent = 0
    const send = (change: Record<string, unknown>) =>
      stack.send(installed(`client-${sent++}`, change), { claims: { jti: `${sent}` } })
    await sendUntil(waiting, () => send(sent % 2 === 0 ? {} : { accountId: otherAccount }))
    expect((await waiting).out).toMatch(new RegExp(`accepted {2}INSTALLED {2}${account}`))
  })

  test('exits with 1 when its time is over, and lists what arrived instead', async () => {
    const stack = await createStack()
    const nothing = await standin(stack, ['callbacks', 'wait', '--account', account, '--seconds', '1'])
    expect(nothing).toMatchObject({ exitCode: 1, out: '' })
    expect(nothing.said).toContain('No callback arrived')

    const waiting = standin(stack, ['callbacks', 'wait', '--account', account, '--seconds', '1'])
    stack.clock.advance(Date.now() + 60_000 - stack.clock.now().getTime())
    const identity = await identityOf(stack, { aud: '@acme/other' })
    await stack.receiveCallback(delivered(identity, installed('client-a'), stack.clock)).catch(() => {})
    expect((await waiting).said).toMatch(/held {2}IDENTITY_MISMATCH .* callbacks release /)
  })
})

test('callbacks tail prints arriving callbacks until its time is over', async () => {
  const stack = await createStack()
  const tailing = standin(stack, ['callbacks', 'tail', '--seconds', '2', '--json'])
  let sent = 0
  await sendUntil(tailing, () => stack.send(installed(`client-${sent}`, accountOf(sent++))))
  const printed = (await tailing).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(printed.length).toBeGreaterThan(0)
  expect(printed[0]).toMatchObject({ outcome: 'accepted', type: 'INSTALLED' })
  expect(new Set(printed.map(({ accountId }) => accountId)).size).toBe(printed.length)
})

/** Awaits each one: a request still under way would reach the next test. */
async function sendUntil(ended: Promise<unknown>, send: () => Promise<unknown>): Promise<void> {
  let isOver = false
  void ended.finally(() => {
    isOver = true
  })
  while (!isOver) await send()
}

const accountOf = (index: number) => ({ accountId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}` })

describe('identity observed', () => {
  test('shows what proven callbacks carried, for how many accounts, and the settings that would require it', async () => {
    const stack = await createStack()
    const claims = { iss: 'https://iris.example', aud: ['api', otherAccount] }
    await stack.send(installed('client-a'), { claims: { ...claims, aud: 'api' } })
    await stack.send(installed('client-b', { accountId: otherAccount }), { claims })
    const proven = await identityOf(stack, { iss: 'https://evil.example' })
    stack.clients.set('client-evil', { outcome: 'failed', failure: 'invalid-client' })
    await stack.receiveCallback(delivered(proven, installed('client-evil', accountOf(1)), stack.clock))
    await stack.prover.proveDue()

    const { callbacks } = JSON.parse((await standin(stack, ['identity', 'observed', '--json'])).out)
    expect(callbacks.accounts).toBe(2)
    expect(callbacks.observed).toEqual(
      expect.arrayContaining([
        { kind: 'algorithm', value: 'ES256', accounts: 2, setting: 'CALLBACK_ALGORITHMS=ES256' },
        { kind: 'issuer', value: 'https://iris.example', accounts: 2, setting: 'CALLBACK_ISSUER=https://iris.example' },
        { kind: 'audience', value: 'api', accounts: 2, setting: 'CALLBACK_AUDIENCE=api' },
        { kind: 'audience', value: otherAccount, accounts: 1, setting: null },
        { kind: 'claim', value: 'accountId', accounts: 2, setting: null },
      ]),
    )
    expect(JSON.stringify(callbacks)).not.toContain('evil')
  })

  test('shows what refused user tokens carried: issuers, audiences, names and forms of claims, and no other value', async () => {
    const stack = await createStack()
    const manager = await createSigningKey('manager')
    const { observe } = stack.ctx.access.refusedTokens
    const flush = () => saveRefusedTokens(stack.ctx)
    const jwt = await manager.sign({
      iss: 'https://id.example',
      aud: ['api'],
      acc: account,
      app: appId,
      scp: ['a'],
      sub: 's3cr3t',
      [hostile]: 1,
    })
    for (const token of [jwt, jwt, 'nonsense', 'a.b.c']) observe(token)
    await flush()
    observe(jwt)
    await flush()

    const { out } = await standin(stack, ['identity', 'observed', '--json'])
    expect(JSON.parse(out).refusedUserTokens).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'issuer', count: 3, setting: 'USER_TOKEN_ISSUER=https://id.example' }),
        expect.objectContaining({ kind: 'audience', setting: 'USER_TOKEN_AUDIENCE=api' }),
        expect.objectContaining({ kind: 'claim', form: 'account id', setting: 'USER_TOKEN_ACCOUNT_CLAIM=acc' }),
        expect.objectContaining({ kind: 'claim', form: 'this app', setting: 'USER_TOKEN_APP_CLAIM=app' }),
        expect.objectContaining({ kind: 'claim', value: 'scp', form: 'list', setting: 'USER_TOKEN_SCOPE_CLAIM=scp' }),
      ]),
    )
    const plain = (await standin(stack, ['identity', 'observed'])).out
    for (const hidden of [account, 's3cr3t', jwt]) expect(out + plain).not.toContain(hidden)
    expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test('what outsiders send is bounded, and does not displace frequent values', async () => {
    const stack = await createStack()
    const key = await createSigningKey('any')
    const { observe } = stack.ctx.access.refusedTokens
    const flush = () => saveRefusedTokens(stack.ctx)
    const real = await key.sign({ iss: 'https://id.example' })
    for (let round = 0; round < 4; round++) {
      observe(real)
      stack.clock.advance(1_000)
      for (let index = 0; index < 300; index++) observe(await key.sign({ iss: `https://${round}-${index}.example` }))
      await flush()
    }
    const issuers = (await listObservedTokens(stack.db)).filter(({ kind }) => kind === 'issuer')
    expect(issuers).toHaveLength(50)
    expect(issuers[0]).toMatchObject({ value: 'https://id.example', count: 4 })
  })
})

test('an uninstall erases the account’s held callbacks; later ones stay', async () => {
  const stack = await createStack()
  const hold = async (clientId: string) => {
    const identity = await identityOf(stack, { aud: '@acme/other', clientId })
    await stack.receiveCallback(delivered(identity, installed(clientId), stack.clock)).catch(() => {})
  }
  await hold('client-before')
  await stack.send({ type: 'OTHER', irisAppId: appId, accountId: account })
  stack.clock.advance(60_000)
  await hold('client-after')

  await stack.send(uninstalled(), { at: 30 })
  await confirmUninstall(stack.ctx, { accountId: account, actor: { kind: 'operator', id: 'test' } })

  expect(JSON.parse((await standin(stack, ['callbacks', 'held', '--json'])).out)).toHaveLength(1)
  const rows = await stack.db.select().from(callbacks)
  expect(rows.map(({ type }) => type).sort()).toEqual(['OTHER', 'UNINSTALLED'])
})
