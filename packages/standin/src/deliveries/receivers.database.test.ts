import { afterAll, describe, expect, test } from 'vitest'
import { createReportAction } from '../../test/report-action.ts'
import { account, caller, createRunStack, anna as reader } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import type { Caller, UserCaller } from '../access/caller.ts'
import { dayMs } from '../clock.ts'
import { createHttpServer } from '../http/http-server.ts'
import { registerReceiverRoute } from '../receivers/receiver-route.ts'
import { createRouter } from '../wiring/serve-http.ts'
import { deliverDue } from './deliver-due.ts'
import type { Outcome } from './outcome.ts'
import type { Email } from './send-email.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const report = createReportAction(({ headline }) => headline('Nothing to report.'))
const anna: UserCaller = { ...reader, email: 'Anna@Fleet.example' }
const admin: UserCaller = { ...anna, id: 'ada', name: 'Ada', scopes: ['a', 'manage'], email: 'ada@fleet.example' }
const bert = 'bert@partner.example'
const hourMs = 3_600_000
const environment = {
  SMTP_URL: 'smtp://mail.example',
  MAIL_FROM: 'fleet@example.com',
  DELIVERY_DOMAINS: 'everywhere.example',
  USER_TOKEN_ISSUER: 'https://manager.example',
  USER_TOKEN_JWKS_URL: 'https://manager.example/jwks',
  USER_TOKEN_ACCOUNT_CLAIM: 'account',
  USER_TOKEN_AUDIENCE: 'api',
  USER_TOKEN_ADMIN_SCOPES: 'manage',
}

/** An account that has installed the app, on a server that trusts only its maker's domain. */
async function openStack() {
  const stack = await createRunStack({ database, actions: [report], startsAt: new Date(), environment })
  await stack.install()
  stack.clock.advance(60_000) // Ahead of the database's clock, by which deliveries become due.
  const mails: Email[] = []
  const posts: string[] = []
  const answers: Outcome[] = []
  const ctx: typeof stack.ctx = {
    ...stack.ctx,
    // The service's grant is what the caller says.
    access: { ...stack.ctx.access, keys: { ...stack.ctx.access.keys, on: (who) => who } },
    deliveries: {
      ...stack.ctx.deliveries,
      async sendEmail(_ctx, email) {
        mails.push(email)
        return answers.shift() ?? { kind: 'delivered' }
      },
      async sendWebhook(_ctx, { url }) {
        posts.push(url)
        return { kind: 'delivered' }
      },
    },
  }
  const server = await createHttpServer(ctx)
  await registerReceiverRoute(server, ctx)
  const as = (who: Caller) => createRouter(ctx).createCaller({ requestId: 'test', authenticate: async () => who })
  let keys = 0
  const start = (who: Caller, ...deliverTo: Array<string | { url: string }>) =>
    as(who).run.start({
      accountId: account,
      actionId: 'report',
      input: {},
      idempotencyKey: `key-of-run-${++keys}`,
      deliverTo: deliverTo.map((to) =>
        typeof to === 'string' ? { kind: 'email', address: to } : { kind: 'webhook', url: to.url },
      ),
    })
  const pathIn = (email: Email | undefined, purpose: 'confirm' | 'withdraw') =>
    new RegExp(`https://standin.example(/receivers/${purpose}/[\\w.-]+)`).exec(email?.text ?? '')?.[1] ?? ''
  return {
    stack,
    ctx,
    clock: stack.clock,
    mails,
    posts,
    answers,
    as,
    start,
    pathIn,
    /** Runs until its results are sent. @returns how each delivery ended */
    async deliver({ id: runId }: { id: string }) {
      await stack.createWorker().workOn(runId)
      while (await deliverDue(ctx));
      const { deliveries } = await as(anna).run.get({ runId })
      return deliveries.map(({ reason, state }) => reason ?? state)
    },
    ask: (address = bert, who: Caller = anna) => as(who).receiver.ask({ accountId: account, address }),
    list: (who: Caller = anna) => as(who).receiver.list({ accountId: account }),
    /** What the owner of an address does in a browser. */
    open: (url: string, method: 'GET' | 'POST' = 'GET', headers: Record<string, string> = {}) =>
      server.inject({
        method,
        url,
        ...(method === 'POST' && { payload: 'List-Unsubscribe=One-Click' }),
        headers: { ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
      }),
    audit: async () =>
      (
        await stack.sql`select event, actor_id, details->>'to' as to from audit_entries
          where event like 'receiver.%' or event like 'domain.%' order by id`
      ).map(({ event, actor_id, to }) => `${event} ${to} by ${actor_id}`),
    async [Symbol.asyncDispose]() {
      await server.close()
      await stack[Symbol.asyncDispose]()
    },
  }
}

const because = (reason: string) => ({ cause: { reason } })
const unconfirmed = because('DESTINATION_UNCONFIRMED')

describe('an email address', () => {
  test('invariant 28: of somebody else is refused until they confirm; their own is not, and nothing is sent before', async () => {
    await using at = await openStack()
    await expect(at.start(anna, bert)).rejects.toMatchObject(unconfirmed)
    await expect(at.start(caller, 'anna@fleet.example')).rejects.toMatchObject(unconfirmed) // A service has no own one.
    expect(await at.deliver(await at.start(anna, 'anna@fleet.example', 'x@sub.everywhere.example'))).toEqual([
      'delivered',
      'delivered',
    ])

    at.clock.advance(1_000)
    expect(await at.ask()).toMatchObject({ address: bert, state: 'unconfirmed' })
    await expect(at.start(anna, bert)).rejects.toMatchObject(unconfirmed)
    const question = at.mails.at(-1)
    expect(question).toMatchObject({ to: bert, subject: 'Would you like to get results from Fleet night?' })

    const link = at.pathIn(question, 'confirm')
    const page = await at.open(link)
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('Yes, send them to me')])
    expect(page.body).toContain('Fleet night')
    expect(page.body).not.toMatch(/standin/i)
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    await expect(at.start(anna, bert)).rejects.toMatchObject(unconfirmed) // A mail filter opens links too.

    expect((await at.open(link, 'POST')).statusCode).toBe(200)
    expect((await at.open(link, 'POST')).statusCode).toBe(410) // It works once.
    expect((await at.open(link)).statusCode).toBe(410)
    expect(await at.deliver(await at.start(anna, 'Bert@Partner.example'))).toEqual(['delivered'])
    expect(await at.deliver(await at.start(caller, bert))).toEqual(['delivered']) // For the account, whichever user asks.
    expect((await at.list()).addresses).toMatchObject([
      { address: bert, state: 'confirmed', askAgainAt: null },
      { address: 'anna@fleet.example', state: 'confirmed' },
    ])
    expect(await at.audit()).toEqual([
      'receiver.confirmed anna@fleet.example by anna',
      `receiver.asked ${bert} by anna`,
      `receiver.confirmed ${bert} by receiver`,
    ])
  })

  test('is not confirmed by a link that is too old, was replaced, or is for something else', async () => {
    await using at = await openStack()
    await at.ask()
    const [first] = at.mails
    at.clock.advance(hourMs)
    await at.ask()
    const second = at.mails.at(-1)
    for (const link of [
      at.pathIn(first, 'confirm'),
      at.pathIn(second, 'withdraw').replace('withdraw', 'confirm'),
      `${at.pathIn(second, 'confirm').slice(0, -2)}AA`,
      '/receivers/confirm/x',
    ])
      expect((await at.open(link, 'POST', { 'accept-language': 'da-DK,en' })).body).toContain('Dette link virker ikke')
    at.clock.advance(8 * dayMs)
    expect((await at.open(at.pathIn(second, 'confirm'), 'POST')).statusCode).toBe(410)
    expect((await at.list()).addresses).toMatchObject([{ state: 'unconfirmed' }])
  })

  test('whose owner withdraws with one click gets nothing more, whatever is trusted, and is not asked for a month', async () => {
    await using at = await openStack()
    const carla = 'carla@everywhere.example'
    const schedule = await at.as(anna).schedule.create({
      accountId: account,
      actionId: 'report',
      input: {},
      recurrence: 'FREQ=DAILY',
      timeZone: 'UTC',
      deliverTo: [{ kind: 'email', address: carla }],
    })
    await at.deliver(await at.start(anna, carla))
    const [mail] = at.mails
    expect(mail?.withdrawUrl).toContain(at.pathIn(mail, 'withdraw')) // It is what List-Unsubscribe names.

    const queued = await at.start(anna, carla)
    await at.stack.sql`update runs set schedule_id = ${schedule.id} where id = ${queued.id}`
    expect((await at.open(at.pathIn(mail, 'withdraw'))).body).toContain('Stop the emails')
    expect((await at.open(at.pathIn(mail, 'withdraw'), 'POST')).body).toContain(`${carla} gets no more emails.`)
    expect((await at.open(at.pathIn(mail, 'withdraw'), 'POST')).statusCode).toBe(200)

    expect(await at.deliver(queued)).toEqual(['DESTINATION_UNCONFIRMED'])
    expect(at.mails).toHaveLength(1)
    expect((await at.as(anna).schedule.list({ accountId: account })).schedules).toMatchObject([{ deliverTo: [] }])
    await expect(at.start(anna, carla)).rejects.toMatchObject(unconfirmed)
    await expect(at.ask('Carla+x@everywhere.example')).rejects.toMatchObject(because('INPUT_INVALID'))
    await expect(at.ask(carla)).rejects.toMatchObject(because('RATE_LIMITED'))

    at.clock.advance(31 * dayMs)
    await at.ask(carla)
    expect((await at.list()).addresses).toMatchObject([{ address: carla, state: 'withdrawn' }]) // To be asked is not to agree.
    await at.open(at.pathIn(at.mails.at(-1), 'confirm'), 'POST')
    expect(await at.deliver(await at.start(anna, carla))).toEqual(['delivered'])
  })

  test('can be given up by its owner instead of confirmed, and taken back by a token that names it', async () => {
    await using at = await openStack()
    await at.ask('anna@fleet.example', caller)
    const [question] = at.mails
    await at.open(at.pathIn(question, 'withdraw'), 'POST')
    expect((await at.open(at.pathIn(question, 'confirm'), 'POST')).statusCode).toBe(410)
    expect(await at.deliver(await at.start(anna, 'anna@fleet.example'))).toEqual(['delivered'])
  })

  test('that was confirmed has to confirm again after an administrator removed it', async () => {
    await using at = await openStack()
    await at.ask()
    await at.open(at.pathIn(at.mails[0], 'confirm'), 'POST')
    const run = await at.start(anna, bert)
    await expect(at.as(anna).receiver.remove({ accountId: account, address: bert })).rejects.toMatchObject(
      because('SCOPE_FORBIDDEN'),
    )
    await at.as(admin).receiver.remove({ accountId: account, address: bert })
    expect(await at.deliver(run)).toEqual(['DESTINATION_UNCONFIRMED'])
    await expect(at.start(anna, bert)).rejects.toMatchObject(unconfirmed)
    expect((await at.audit()).at(-1)).toBe(`receiver.removed ${bert} by ada`)
  })
})

describe('questions', () => {
  test('are at most ten an hour of an account, also of callers at the same time, and say when the next may be asked', async () => {
    await using at = await openStack()
    const asked = await Promise.allSettled(
      Array.from({ length: 14 }, (_, nth) => at.ask(`person-${nth}@partner.example`, nth % 2 ? anna : caller)),
    )
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(at.mails).toHaveLength(10)
    at.clock.advance(hourMs / 2)
    await expect(at.ask()).rejects.toMatchObject({ cause: { reason: 'RATE_LIMITED', retryAfterMs: hourMs / 2 } })
    at.clock.advance(hourMs / 2)
    await at.ask()
  })

  test('reach one mailbox at most three times without an answer, whatever its tags are', async () => {
    await using at = await openStack()
    for (const address of [bert, 'bert+a@partner.example', 'Bert+b@partner.example']) {
      await at.ask(address)
      await expect(at.ask('bert+z@partner.example')).rejects.toMatchObject(because('RATE_LIMITED'))
      at.clock.advance(hourMs)
    }
    await expect(at.ask(bert)).rejects.toMatchObject(because('RATE_LIMITED'))
    at.clock.advance(31 * dayMs)
    await at.ask(bert)
    expect((await at.list()).addresses).toMatchObject([{ address: bert }]) // The others are forgotten.
  })

  test('count also if the mail server fails; none is sent to people who may already receive, for callers who may not read, or while suspended', async () => {
    await using at = await openStack()
    at.answers.push({ kind: 'failed', because: 'The mail server did not answer.' })
    await expect(at.ask()).rejects.toMatchObject(because('DELIVERY_FAILED'))
    await expect(at.ask()).rejects.toMatchObject(because('RATE_LIMITED'))
    await expect(at.ask('x@everywhere.example')).rejects.toMatchObject(because('INPUT_INVALID'))
    await expect(at.ask('x@partner.example', { ...anna, scopes: [] })).rejects.toMatchObject(because('SCOPE_FORBIDDEN'))
    await at.stack.suspend()
    await expect(at.ask('y@partner.example')).rejects.toMatchObject(because('INSTALLATION_UNINSTALLED'))
    expect(at.mails).toHaveLength(1)
  })
})

describe('the account’s own list', () => {
  const hook = { url: 'https://hooks.partner.example/secret' }
  const trust = (kind: 'email' | 'webhook', domain: string) => ({ accountId: account, kind, domain })

  test('is kept by administrators, and counts for its own kind only', async () => {
    await using at = await openStack()
    await expect(at.start(anna, hook)).rejects.toMatchObject(unconfirmed)
    for (const who of [anna, caller])
      await expect(at.as(who).receiver.trust(trust('webhook', 'partner.example'))).rejects.toThrow()

    await at.as(admin).receiver.trust(trust('webhook', 'Partner.example.'))
    await at.as(admin).receiver.trust(trust('webhook', 'partner.example')) // Again: nothing changes.
    expect(await at.deliver(await at.start(anna, hook))).toEqual(['delivered'])
    await expect(at.start(anna, bert)).rejects.toMatchObject(unconfirmed)
    await at.as(admin).receiver.trust(trust('email', 'partner.example'))
    const run = await at.start(caller, bert, hook)
    expect(await at.list(admin)).toMatchObject({
      own: 'ada@fleet.example',
      everywhere: ['everywhere.example'],
      mayChange: true,
      domains: [
        { kind: 'email', domain: 'partner.example', addedBy: { kind: 'user', id: 'ada', name: 'Ada' } },
        { kind: 'webhook', domain: 'partner.example' },
      ],
    })
    expect(await at.list(caller)).toMatchObject({ own: null, mayChange: false })

    for (const kind of ['email', 'webhook'] as const)
      await at.as(admin).receiver.distrust(trust(kind, 'partner.example'))
    expect(await at.deliver(run)).toEqual(['DESTINATION_UNCONFIRMED', 'DESTINATION_UNCONFIRMED'])
    expect([at.mails, at.posts]).toEqual([[], [hook.url]])
    expect(await at.audit()).toEqual([
      'domain.trusted partner.example by ada',
      'domain.trusted partner.example by ada',
      'domain.distrusted partner.example by ada',
      'domain.distrusted partner.example by ada',
    ])
  })

  test('takes no domain in which anybody can have an address, and no more than fifty', async () => {
    await using at = await openStack()
    for (const domain of ['gmail.com', 'co.uk'])
      await expect(at.as(admin).receiver.trust(trust('email', domain))).rejects.toMatchObject(because('INPUT_INVALID'))
    await at.stack.sql`insert into trusted_domains (account_id, kind, domain, added_by, added_at)
      select ${account}, 'webhook', 'd' || n || '.example', '{"kind":"user","id":"a","name":null}', now()
      from generate_series(1, 50) n`
    await expect(at.as(admin).receiver.trust(trust('webhook', 'more.example'))).rejects.toMatchObject(
      because('INPUT_INVALID'),
    )
    expect((await at.list()).domains).toHaveLength(50)
  })

  test('is erased with all addresses by an uninstall, and a link in an old email leaves nothing behind', async () => {
    await using at = await openStack()
    await at.as(admin).receiver.trust(trust('email', 'partner.example'))
    await at.deliver(await at.start(anna, 'anna@fleet.example', bert))
    await at.stack.uninstall()
    expect((await at.open(at.pathIn(at.mails[0], 'withdraw'), 'POST')).statusCode).toBe(200)
    const left = await at.stack.sql`select account_id from receivers union all select account_id from trusted_domains`
    expect(left).toEqual([])
    await expect(at.as(admin).receiver.trust(trust('email', 'x.example'))).rejects.toMatchObject(
      because('INSTALLATION_NOT_FOUND'),
    )
  })
})
