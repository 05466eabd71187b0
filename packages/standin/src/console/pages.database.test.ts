import { expect, test } from 'vitest'
import { account, delivered, installed, otherAccount, prepareCallbackStacks, works } from '../../test/callback-stack.ts'
import { serveTestConsole } from '../../test/console-stack.ts'
import { operate } from '../../test/operate.ts'
import { findServiceByKeyId } from '../access/access-store.ts'
import { createKey } from '../access/create-key.ts'
import { issueToken } from '../tokens/issue-token.ts'
import { receiverOf } from '../tokens/token-receiver.ts'

const createStack = prepareCallbackStacks()
const scopes = ['account.asset.view']
const hostile = '<img src=x onerror=alert(1)>'

/** An account with a client, a waiting one, a service that got tokens, and a held callback; and its console. */
async function furnish() {
  const stack = await createStack()
  stack.clients.set('client-a', () => ({ ...works(), accessToken: 'acc3ss-token-of-a', expiresIn: 3_600 }))
  await stack.send(installed('client-a'), { at: 1 })
  await stack.prover.proveDue()
  await stack.send(installed(hostile, { clientSecret: 's3cr3t-b' }), { at: 2, bound: false })
  const actor = { kind: 'operator', id: 'test' } as const
  const { id, key } = await createKey(stack.ctx, {
    service: 'reports',
    accountId: account,
    scopes,
    expiresAt: new Date('2099-01-01'),
    actor,
  })
  const found = await findServiceByKeyId(stack.ctx, id, account)
  for (let no = 0; no < 3; no++)
    await issueToken(stack.ctx, receiverOf(found!.caller, account, scopes), { accountId: account })
  const iat = Math.floor(stack.clock.now().getTime() / 1_000)
  const identity = await stack.signingKey.sign({ iat, exp: iat + 600, aud: '@acme/other' })
  await stack
    .receiveCallback(delivered(identity, installed('client-c', { accountId: otherAccount }), stack.clock))
    .catch(() => {})
  return { stack, key: key.reveal(), keyId: id }
}

const pages = [
  '/console',
  '/console/accounts',
  '/console/accounts?state=awaiting-approval',
  `/console/accounts/${account}`,
  '/console/callbacks',
  '/console/services',
]

test('every page shows what it is about, and no secret, whatever the session may do', async () => {
  const { stack, key, keyId } = await furnish()
  await using served = await serveTestConsole(stack)
  for (const mayChange of [false, true]) {
    const cookie = await served.open({ mayChange })
    const bodies = await Promise.all(pages.map(async (path) => (await served.ask(path, { cookie })).body))
    const all = bodies.join('\n')
    for (const secret of ['s3cr3t', 'acc3ss-token', key.slice(24, 60), 'eyJ', hostile])
      expect(all).not.toContain(secret)
    expect(all.includes('action="/console/change"')).toBe(mayChange)

    const [now, accounts, , story, callbacks, services] = bodies
    expect(now).toContain('1 callback is held')
    expect(accounts).toContain(account)
    for (const said of [
      'Credentials proven',
      'Callback accepted',
      'Token issued</b>, 3 times',
      'service reports',
      'generation 1',
    ])
      expect(story).toContain(said)
    for (const said of ['IDENTITY_MISMATCH', otherAccount, 'CALLBACK_AUDIENCE is wrong'])
      expect(callbacks).toContain(said)
    for (const said of ['reports', keyId, account, 'Latest tokens handed out']) expect(services).toContain(said)
  }
})

test('the search finds an account by its beginning, and says when there is none', async () => {
  const { stack } = await furnish()
  await using served = await serveTestConsole(stack)
  const cookie = await served.open()
  const search = async (query: string) => (await served.ask(`/console/accounts?${query}`, { cookie })).body
  expect(await search('q=1111')).toContain(`/console/accounts/${account}`)
  expect(await search('q=9999')).toContain('No account has “9999” in its name')
  expect(await search('state=parked')).toContain('No account is in this state.')
  expect(await search('state=nonsense&after=nonsense')).toContain(account)
  expect(await search(`q=${encodeURIComponent('"><script>')}`)).not.toContain('"><script>')
  for (const path of ['/console/accounts/nonsense', '/console/nothing', '/console/../metrics'])
    expect((await served.ask(path, { cookie })).status).toBe(404)
})

test('the story is the same as the command’s, and goes on where a page ended', async () => {
  const { stack } = await furnish()
  await using served = await serveTestConsole(stack)
  const story = async (...args: string[]) => {
    const { out, said } = await operate(stack, ['account', 'story', account, '--json', ...args])
    const events: Array<{ at: string; event: string; times: number }> = JSON.parse(out)
    return { events: events.map(({ event, times }) => (times === 1 ? event : `${event} ${times}`)), said }
  }
  const { events } = await story()
  expect(events).toEqual(
    expect.arrayContaining(['token.issued 3', 'callback.accepted', 'credentials.received', 'credentials.proven']),
  )
  const cookie = await served.open()
  const { body } = await served.ask(`/console/accounts/${account}`, { cookie })
  expect([...body.matchAll(/<div class="what">/g)]).toHaveLength(events.length)

  // All of it happened in one moment, or nearly.
  const seen: string[] = []
  for (let after: string | undefined, pages = 0; pages < 20; pages++) {
    const page = await story('--limit', '2', ...(after ? ['--after', after] : []))
    seen.push(...page.events)
    after = /--after (\S+)/.exec(page.said)?.[1]
    if (!after) break
  }
  const each = (list: readonly string[]) =>
    list.flatMap((event) => Array.from({ length: Number(event.split(' ')[1] ?? 1) }, () => event.split(' ')[0])).sort()
  expect(each(seen)).toEqual(each(events))
  expect((await operate(stack, ['account', 'story', otherAccount])).exitCode).toBe(1)
  expect((await operate(stack, ['account', 'story', account, '--after', 'yesterday'])).exitCode).toBe(2)
})
