import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  delivered,
  installed,
  otherAccount,
  prepareCallbackStacks,
  uninstalled,
  works,
} from '../../test/callback-stack.ts'
import { serveTestConsole } from '../../test/console-stack.ts'
import { operate } from '../../test/operate.ts'
import { createKey } from '../access/create-key.ts'
import { pauseAccount } from '../accounts/pause-account.ts'
import { type ChangeName, changes } from './changes.ts'

const createStack = prepareCallbackStacks()
const names = Object.keys(changes) as ChangeName[]
const actor = { kind: 'operator', id: 'test' } as const

async function install(stack: CallbackStack, clientId = 'client-a', how = {}): Promise<void> {
  await stack.send(installed(clientId), { at: 1, ...how })
  await stack.prover.proveDue()
}
async function awaiting(stack: CallbackStack): Promise<string> {
  await install(stack)
  await install(stack, 'client-b', { at: 2, bound: false })
  return `${account} 2`
}
const makeKey = async ({ ctx }: CallbackStack) =>
  createKey(ctx, { service: 'reports', accountId: account, scopes: [], expiresAt: new Date('2099-01-01'), actor })

async function runIn(stack: CallbackStack, state: 'queued' | 'failed'): Promise<string> {
  await install(stack)
  const id = randomUUID()
  await stack.connection.sql`
    insert into runs (id, account_id, action_id, mode, input, idempotency_key, started_by, reads_with, may_overlap, state, progress, steps, ended_at)
    values (${id}, ${account}, 'report', 'apply', '{}', ${id}, '{"kind":"user","id":"anna","name":"Anna"}', '{}', false, ${state},
      '{"done":0,"total":null,"message":null}', '[]', ${state === 'failed' ? new Date().toISOString() : null})`
  return id
}

/** How each change comes about: what to make first, and what it is made on; and the audit's last entry about it. */
const cases: Record<ChangeName, { event: string; on: (stack: CallbackStack) => Promise<string> }> = {
  approve: { event: 'credentials.approved', on: awaiting },
  refuse: { event: 'credentials.declined', on: awaiting },
  release: {
    event: 'credentials.released',
    async on(stack) {
      stack.clients.set('client-a', works({ account }))
      await install(stack)
      await stack.send(installed('client-a', { accountId: otherAccount }), {
        at: 2,
        claims: { accountId: otherAccount },
      })
      return `${otherAccount} 1`
    },
  },
  rollback: {
    event: 'credentials.rolled-back',
    async on(stack) {
      await install(stack)
      await install(stack, 'client-b', { at: 2 })
      return `${account} 1`
    },
  },
  try: {
    event: 'installation.tried',
    async on(stack) {
      await install(stack)
      await stack.prover.park({ accountId: account, generation: 1 })
      await stack.connection.sql`update credentials set next_attempt_at = tried_at + interval '10 minutes'`
      return `${account} 1`
    },
  },
  pause: {
    event: 'installation.paused',
    async on(stack) {
      await install(stack)
      return `${account} 1`
    },
  },
  resume: {
    event: 'installation.resumed',
    async on(stack) {
      await install(stack)
      await pauseAccount(stack.ctx, { accountId: account, actor })
      return `${account} 1`
    },
  },
  restore: {
    event: 'installation.restored',
    async on(stack) {
      await install(stack)
      await stack.send(uninstalled(), { at: 2 })
      return `${account} 0`
    },
  },
  dismiss: {
    event: 'installation.uninstall-dismissed',
    async on(stack) {
      await install(stack)
      await stack.send(uninstalled(), { at: 2, bound: false })
      return `${account} 0`
    },
  },
  erase: {
    event: 'installation.uninstalled',
    async on(stack) {
      await install(stack)
      return `${account} 1`
    },
  },
  'release-callback': {
    event: 'callback.released',
    async on(stack) {
      const iat = Math.floor(stack.clock.now().getTime() / 1_000)
      const identity = await stack.signingKey.sign({ iat, exp: iat + 600, aud: '@acme/other' })
      await stack.receiveCallback(delivered(identity, installed('client-a'), stack.clock)).catch(() => {})
      const [row] = await stack.connection.sql`select id from held_callbacks`
      return row?.id
    },
  },
  'revoke-key': { event: 'service-key.revoked', on: async (stack) => (await makeKey(stack)).id },
  'remove-grant': { event: 'grant.removed', on: async (stack) => makeKey(stack).then(() => `reports ${account}`) },
  'cancel-run': { event: 'run.cancelled', on: (stack) => runIn(stack, 'queued') },
  'retry-run': { event: 'run.started', on: (stack) => runIn(stack, 'failed') },
  'retry-delivery': {
    event: 'delivery.resent',
    async on(stack) {
      const id = await runIn(stack, 'failed')
      await stack.connection.sql`
        insert into deliveries (run_id, position, account_id, destination, state, reason, attempts, ended_at)
        values (${id}, 0, ${account}, '{"kind":"email","address":"anna@example.com","file":"none"}', 'failed', 'DELIVERY_FAILED', 6, now())`
      return `${id}/0`
    },
  },
}

test.for(names)(
  '%s: a session that reads changes nothing; one that may asks, then makes it, and the audit names the operator',
  async (name) => {
    const stack = await createStack()
    await using served = await serveTestConsole(stack)
    const { event, on } = cases[name]
    const [reads, may] = [await served.open(), await served.open({ mayChange: true })]
    const form = { change: name, on: await on(stack) }
    const before = await stack.dump()

    for (const given of [form, { ...form, confirmed: 'yes' }]) {
      const { status, body } = await served.ask('/console/change', { cookie: reads, form: given })
      expect({ status, body }).toMatchObject({ status: 403, body: expect.stringContaining('this session only reads') })
      expect((await served.ask('/console/change', { form: given })).status).toBe(401)
      const elsewhere = { cookie: may, form: given, headers: { origin: 'http://evil.example' } }
      expect((await served.ask('/console/change', elsewhere)).status).toBe(403)
    }
    const asked = await served.ask('/console/change', { cookie: may, form })
    expect(asked.body).toContain(`standin ${changes[name].command(form.on)}`)
    expect(await stack.dump()).toBe(before)

    const { status, body } = await served.ask('/console/change', { cookie: may, form: { ...form, confirmed: 'yes' } })
    expect({ status, body }).toMatchObject({ status: 200, body: expect.stringContaining('1 done') })
    const entries = await stack.connection
      .sql`select event from audit_entries where actor_kind = 'operator' and actor_id = 'console' and event not like 'console.%'`
    expect(entries.map((entry) => entry.event)).toContain(event)
  },
)

test.for(names)('%s is a command as well', async (name) => {
  const stack = { url: 'postgres://unused.example/unused', ringText: `k:${'A'.repeat(43)}` }
  const [command = '', verb = ''] = changes[name].command(`${account} 2`).split(' ')
  const { out, exitCode } = await operate(stack, [command, verb, '--help'])
  expect({ exitCode, out }).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining(`Usage: standin ${command} ${verb} `),
  })
})

test('of several, each is made or says why not', async () => {
  const stack = await createStack()
  await using served = await serveTestConsole(stack)
  const cookie = await served.open({ mayChange: true })
  const on = await awaiting(stack)
  const form = new URLSearchParams([
    ['change', 'approve'],
    ['confirmed', 'yes'],
    ...[on, `${otherAccount} 1`, 'nonsense', '<script>alert(1)</script>'].map((each) => ['on', each]),
  ])

  const { status, body } = await served.ask('/console/change', { cookie, form })
  expect(status).toBe(422)
  expect(body).toContain('1 done, 3 not')
  expect(body).toContain(`Credentials 2 of ${account} are in force.`)
  expect(body).toContain('INPUT_INVALID')
  expect(body).not.toContain('<script>alert')
})

test.for<[string, Record<string, string>]>([
  ['no such change', { change: 'constructor', on: account }],
  ['nothing chosen', { change: 'approve' }],
])('a form with %s changes nothing and says so', async ([, form]) => {
  const stack = await createStack()
  await using served = await serveTestConsole(stack)
  const cookie = await served.open({ mayChange: true })
  const { status, body } = await served.ask('/console/change', {
    cookie,
    form: { confirmed: 'yes', ...form },
  })
  expect({ status, body }).toMatchObject({ status: 400, body: expect.stringContaining('Nothing was changed') })
})
