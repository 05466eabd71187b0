import { randomUUID } from 'node:crypto'
import type { Destination } from '@standin/contracts'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account, caller, createRunStack, otherAccount } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { defineAction } from '../actions/define-action.ts'
import { defineMessages } from '../actions/define-messages.ts'
import { findSchedule, insertSchedule } from '../schedules/schedule-store.ts'
import { deliverDue } from './deliver-due.ts'
import type { Senders } from './deliveries-context.ts'
import { deliveriesOfRuns, oldestDueDeliveryS } from './delivery-store.ts'
import type { Outcome } from './outcome.ts'
import { type Email, sendEmail } from './send-email.ts'
import { showSigningSecret, signingSecretOf } from './signing-secret.ts'
import { createSlowReceivers } from './slow-receivers.ts'

const database = await createTestDatabase()
afterAll(database.drop)

/** What happens during a run, and the rows that it finds in addition to the requested ones. */
const during: { work: () => Promise<unknown>; moreRows: number } = { work: async () => {}, moreRows: 0 }

const { say, catalogue } = defineMessages({
  en: { found: 'Rows were found.' },
  da: { found: 'Der er fundet rækker.', title: 'Rapport' },
})
const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'A report.',
  input: z.object({
    isCancelled: z.boolean().default(false),
    fails: z.boolean().default(false),
    rows: z.number().default(2),
  }),
  scopes: [],
  changesData: false,
  mayOverlap: true,
  messages: catalogue,
  async run({ input, result, headline, checkpoint }) {
    await result.columns([{ key: 'text', title: 'Text', kind: 'text' }])
    const found = input.rows + during.moreRows
    await result.rows(Array.from({ length: found }, (_, nth) => ({ id: `${nth}`, cells: { text: `Row ${nth}` } })))
    await headline(say('found'))
    if (input.isCancelled) await during.work()
    await checkpoint(1)
    if (input.fails) throw new Error('a mistake of the action')
  },
})
const webhook = { kind: 'webhook', url: 'https://receiver.example/hook?key=hidden' } as const
const email = { kind: 'email', address: 'anna@example.com', file: 'none' } as const

const mailSettings = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'fleet@example.com' }

/** Runs whose results are sent to receivers that the test controls. */
async function createStack(
  answer: () => Outcome | Promise<Outcome> = () => ({ kind: 'delivered' }),
  /** False: email was turned off after runs asked for it. */
  { sendsEmail = true }: { sendsEmail?: boolean } = {},
) {
  const runs = await createRunStack({
    database,
    actions: [report],
    startsAt: new Date(),
    environment: mailSettings,
    playsDatabaseClock: true,
  })
  const { db, clock } = runs
  const posted: Array<{ id: string; url: string; body: string; secret: string }> = []
  const mailed: Email[] = []
  const time = new AbortController()
  const senders: Senders = {
    timeForSend: () => time.signal,
    endSends: () => time.abort(),
    slow: createSlowReceivers(),
    async sendEmail(ctx, sent, options) {
      if (!sendsEmail) return sendEmail(ctx, sent, options)
      mailed.push(sent)
      return answer()
    },
    async sendWebhook(_ctx, { secret, ...sent }) {
      posted.push({ ...sent, secret: secret.reveal() })
      return answer()
    },
  }
  const { config } = runs.ctx
  const withoutEmail = { ...config, delivery: { ...config.delivery, smtp: undefined } }
  const ctx = { ...runs.ctx, deliveries: senders, config: sendsEmail ? config : withoutEmail }
  const work = runs.createWorker()
  return {
    runs,
    ctx,
    metrics: () => ctx.metrics.text(),
    clock,
    posted,
    mailed,
    advance: runs.advance,
    /** Makes every send run out of time. */
    outOfTime: () => time.abort(),
    deliverDue: () => deliverDue(ctx),
    async ended(deliverTo: Destination[], input: Record<string, unknown> = {}, accountId = account): Promise<string> {
      const { id } = await runs.start({ deliverTo, input, accountId })
      await work.workOn(id)
      return id
    },
    async deliveries(runId: string) {
      return (await deliveriesOfRuns(db, [await runs.run(runId)])).get(runId) ?? []
    },
    audit: async () =>
      (await runs.sql`select event, details from audit_entries where event like 'delivery.%' order by id`).map(
        ({ event, details }) => ({ event, details }),
      ),
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  }
}

type Stack = Awaited<ReturnType<typeof createStack>>

describe('the result of a run that has ended', () => {
  test('is sent when it is due by the database’s clock, whatever the clock of the process says', async () => {
    await using stack = await createStack()
    const { id } = await stack.runs.start({ deliverTo: [webhook] })
    await stack.runs.createWorker().workOn(id)
    const dueAt = stack.clock.now().getTime()
    stack.clock.advance(60_000)
    await stack.runs.setDatabaseClock(new Date(dueAt - 1))
    expect(await stack.deliverDue()).toBe(false)

    await stack.runs.setDatabaseClock(new Date(dueAt))
    expect(await stack.deliverDue()).toBe(true)
    expect(await stack.deliveries(id)).toMatchObject([{ state: 'delivered', endedAt: new Date(dueAt).toISOString() }])
  })

  test('counts from when it was due, for the metrics', async () => {
    await using stack = await createStack()
    await stack.ended([webhook])
    await stack.runs.setDatabaseClock(new Date(stack.clock.now().getTime() + 90_000))
    expect(await oldestDueDeliveryS(stack.ctx.db)).toBeCloseTo(90)
    expect(await stack.deliverDue()).toBe(true)
    expect(await oldestDueDeliveryS(stack.ctx.db)).toBe(0)
  })

  test('goes to its destinations, is announced to watchers, and leaves an audit entry', async () => {
    await using stack = await createStack()
    const { id } = await stack.runs.start({ deliverTo: [email, webhook] })
    expect(await stack.deliveries(id)).toMatchObject([
      { kind: 'email', to: 'anna@example.com', state: 'waiting', attempts: 0, nextTryAt: null },
      { kind: 'webhook', to: 'receiver.example', state: 'waiting' },
    ])
    expect(await stack.deliverDue()).toBe(false) // The run has not ended.

    await stack.runs.createWorker().workOn(id)
    while (await stack.deliverDue());

    expect(stack.mailed).toMatchObject([{ to: 'anna@example.com', subject: 'Rows were found', attachment: undefined }])
    expect(JSON.parse(stack.posted[0]?.body ?? '')).toMatchObject({ type: 'run.succeeded', data: { totalRows: 2 } })
    expect(await stack.deliveries(id)).toMatchObject([
      { state: 'delivered', attempts: 1, reason: null },
      { state: 'delivered', attempts: 1, reason: null },
    ])
    const announced = (await stack.runs.eventsOf(id)).flatMap((event) =>
      event.type === 'delivery' ? [event.delivery] : [],
    )
    expect(announced.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'email waiting',
      'webhook waiting',
      'email delivered',
      'webhook delivered',
    ])
    expect(await stack.audit()).toEqual([
      { event: 'delivery.sent', details: { runId: id, kind: 'email', to: 'anna@example.com', attempts: 1 } },
      { event: 'delivery.sent', details: { runId: id, kind: 'webhook', to: 'receiver.example', attempts: 1 } },
    ])
  })

  test('is sent for a failed run too, but not for a cancelled one', async () => {
    await using stack = await createStack()
    await stack.ended([webhook], { fails: true })
    const { id } = await stack.runs.start({ deliverTo: [webhook], input: { isCancelled: true } })
    during.work = () => stack.runs.cancel(id)
    await stack.runs.createWorker().workOn(id)
    expect(await stack.runs.run(id)).toMatchObject({ state: 'cancelled' })
    while (await stack.deliverDue());
    expect(stack.posted.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'run.failed', data: { run: { reason: 'INTERNAL' }, totalRows: 2 } },
    ])
    expect(await stack.deliveries(id)).toEqual([])
  })

  test('a part of a result is reported but never attached: nothing would show that the file is incomplete', async () => {
    await using stack = await createStack()
    const withFile = { ...email, file: 'csv' as const }
    await stack.ended([withFile])
    await stack.ended([withFile], { fails: true })
    while (await stack.deliverDue());
    const [whole, part] = stack.mailed
    expect(whole?.attachment?.name).toMatch(/\.csv$/)
    expect(part).toMatchObject({
      attachment: undefined,
      text: expect.stringContaining('The rows found before it stopped are in'),
    })
  })

  test('says in the email what is new, in the language of its reader', async () => {
    await using stack = await createStack()
    await stack.ended([])
    during.moreRows = 1
    await stack.ended([email])
    during.moreRows = 0
    await stack.runs.sql`update runs set language = 'da-DK'`
    while (await stack.deliverDue());
    expect(stack.mailed[0]?.subject).toBe('Der er fundet rækker')
    expect(stack.mailed[0]?.text).toContain('Siden sidst\n+ 1 er ny\n= 2 er stadig på listen')
    expect(stack.mailed[0]?.text).toContain('“Rapport”')
  })

  test('is wholly in English for a reader whose language the action does not have', async () => {
    await using stack = await createStack()
    await stack.ended([{ ...email, file: 'xlsx' }])
    await stack.runs.sql`update runs set language = 'de-DE'`
    while (await stack.deliverDue());
    const [sent] = stack.mailed
    expect(sent?.subject).toBe('Rows were found')
    expect(sent?.text).toContain('See the result')
    expect(sent?.html).toContain('<html lang="en">')
  })

  test('is attached as a file on request', async () => {
    await using stack = await createStack()
    await stack.ended([{ ...email, file: 'csv' }])
    await stack.ended([{ ...email, file: 'xlsx' }])
    await stack.ended([{ ...email, file: 'csv' }], { rows: 0 })
    while (await stack.deliverDue());
    const [csv, xlsx, none] = stack.mailed
    expect(csv?.attachment?.content.toString()).toBe('\uFEFFText\r\nRow 0\r\nRow 1\r\n')
    expect(csv?.attachment?.name).toMatch(/^report-\d{4}-\d\d-\d\d\.csv$/)
    expect(xlsx?.attachment?.content.subarray(0, 2).toString()).toBe('PK')
    expect(none?.attachment).toBeUndefined()
  })
})

describe('a delivery that fails', () => {
  test('is tried again after growing pauses under the same id, then given up; the run’s log says why', async () => {
    await using stack = await createStack(() => ({ kind: 'failed', because: 'The host answered 500.' }))
    const id = await stack.ended([webhook])
    const pauses: number[] = []
    while (await stack.deliverDue()) {
      const [delivery] = await stack.deliveries(id)
      if (!delivery?.nextTryAt) break
      expect(delivery).toMatchObject({ state: 'waiting', reason: 'DELIVERY_FAILED', attempts: pauses.length + 1 })
      pauses.push(new Date(delivery.nextTryAt).getTime() - stack.clock.now().getTime())
      await stack.advance((pauses.at(-1) ?? 0) - 1)
      expect(await stack.deliverDue()).toBe(false)
      await stack.advance(1)
    }
    expect(pauses).toEqual([5_000, 60_000, 300_000, 1_800_000, 7_200_000])
    expect(new Set(stack.posted.map((sent) => sent.id)).size).toBe(1)
    expect(await stack.deliveries(id)).toMatchObject([{ state: 'failed', reason: 'DELIVERY_FAILED', attempts: 6 }])
    const events = await stack.runs.eventsOf(id)
    expect(events.at(-1)).toMatchObject({
      type: 'log',
      message: 'Not delivered to receiver.example. The host answered 500.',
    })
    expect(await stack.audit()).toMatchObject([{ event: 'delivery.failed' }])
  })

  test('is given up at once if another attempt would fail in the same way', async () => {
    await using stack = await createStack(() => ({ kind: 'refused', because: 'The host answered 410.' }))
    const id = await stack.ended([webhook])
    await stack.deliverDue()
    expect(await stack.deliveries(id)).toMatchObject([
      { state: 'failed', reason: 'DELIVERY_REFUSED', attempts: 1, nextTryAt: null },
    ])
  })

  test('because the address is gone removes the address from the schedule, and leaves an audit entry', async () => {
    await using stack = await createStack(() => ({ kind: 'refused', because: 'The host answered 410.', isGone: true }))
    const { db, sql } = stack.runs
    const other = { kind: 'webhook', id: randomUUID(), url: 'https://other.example/' } as const
    const gone = { ...webhook, id: randomUUID() }
    const { id: scheduleId } = await db.transaction((tx) =>
      insertSchedule(tx, {
        accountId: account,
        actionId: 'report',
        input: {},
        recurrence: 'FREQ=DAILY',
        timeZone: 'UTC',
        deliverTo: [email, gone, other],
        state: 'active',
        anchorAt: stack.clock.now(),
        createdBy: { kind: 'service', service: 'reports', keyId: 'key' },
      }),
    )
    const scheduled = await stack.ended([gone])
    await sql`update runs set schedule_id = ${scheduleId} where id = ${scheduled}`
    await stack.ended([other]) // Without a schedule.
    while (await stack.deliverDue());

    expect((await findSchedule(db, { id: scheduleId, accountId: account }))?.deliverTo).toEqual([email, other])
    expect(await sql`select actor_id, details from audit_entries where event = 'schedule.updated'`).toMatchObject([
      { actor_id: 'delivery', details: { scheduleId, noLongerTo: 'receiver.example' } },
    ])
  })

  test('because this server sends no email is given up at once; the run’s log says so', async () => {
    await using stack = await createStack(undefined, { sendsEmail: false })
    const id = await stack.ended([email])
    await stack.deliverDue()
    expect(await stack.deliveries(id)).toMatchObject([{ state: 'failed', reason: 'DELIVERY_FAILED', attempts: 1 }])
    expect((await stack.runs.eventsOf(id)).at(-1)).toMatchObject({
      message: 'Not delivered to anna@example.com. This server sends no email.',
    })
    expect(await stack.audit()).toMatchObject([{ event: 'delivery.failed' }])
  })

  test('waits as long as the receiver asked', async () => {
    await using stack = await createStack(() => ({ kind: 'failed', because: '', retryAfterMs: 600_000 }))
    const id = await stack.ended([webhook])
    await stack.deliverDue()
    const [delivery] = await stack.deliveries(id)
    expect(new Date(delivery?.nextTryAt ?? '').getTime() - stack.clock.now().getTime()).toBe(600_000)
  })

  test('because of our own mistake is tried again', async () => {
    await using stack = await createStack(() => {
      throw new Error('a mistake')
    })
    const id = await stack.ended([webhook])
    await stack.deliverDue()
    expect(await stack.deliveries(id)).toMatchObject([{ state: 'waiting', attempts: 1, reason: 'DELIVERY_FAILED' }])
  })
})

test('attempts are counted by how they ended: mail that fails for everyone is an alert', async () => {
  const outcomes: Outcome[] = [{ kind: 'failed', because: 'The mail server does not answer.' }, { kind: 'delivered' }]
  await using stack = await createStack(() => outcomes.shift() ?? { kind: 'delivered' })
  await stack.ended([email, webhook])
  await stack.deliverDue()
  await stack.deliverDue()
  const text = await stack.metrics()
  expect(text).toMatch(/standin_deliveries_total\{kind="(email|webhook)",outcome="failed"\} 1/)
  expect(text).toMatch(/standin_deliveries_total\{kind="(email|webhook)",outcome="delivered"\} 1/)
})

test('replicas that look at the same time send each delivery once', async () => {
  await using stack = await createStack()
  for (let run = 0; run < 4; run++) await stack.ended([webhook])
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      while (await stack.deliverDue());
    }),
  )
  expect(stack.posted.map(({ id }) => id).toSorted()).toEqual([...new Set(stack.posted.map(({ id }) => id))].toSorted())
  expect(stack.posted).toHaveLength(4)
})

test('a delivery whose process dies while sending is sent by another minutes later; the late outcome is ignored', async () => {
  const { promise: stalled, resolve: goOn } = Promise.withResolvers<Outcome>()
  const answers: Array<Outcome | Promise<Outcome>> = [stalled, { kind: 'failed', because: '' }]
  await using stack = await createStack(() => answers.shift() ?? { kind: 'delivered' })
  const id = await stack.ended([webhook])
  const dying = stack.deliverDue()
  await expect.poll(() => stack.posted.length).toBe(1)

  expect(await stack.deliverDue()).toBe(false)
  await stack.advance(5 * 60_000)
  expect(await stack.deliverDue()).toBe(true)
  goOn({ kind: 'refused', because: '' })
  await dying

  expect(await stack.deliveries(id)).toMatchObject([{ state: 'waiting', attempts: 2 }])
  await stack.advance(60_000)
  await stack.deliverDue()
  expect(await stack.deliveries(id)).toMatchObject([{ state: 'delivered', attempts: 3 }])
  expect(await stack.audit()).toHaveLength(1)
})

describe('invariant 25: a receiver that does not answer', () => {
  const stalled = () => new Promise<Outcome>(() => {})

  test('is sent to after those of other accounts, however many results wait for it', async () => {
    await using stack = await createStack(() => {
      stack.clock.advance(15_000)
      return { kind: 'failed', because: 'The receiver did not answer in time.' }
    })
    const slow = [await stack.ended([webhook]), await stack.ended([webhook]), await stack.ended([webhook])]
    await stack.deliverDue()
    const other = await stack.ended([webhook], {}, otherAccount)
    await stack.deliverDue()
    expect(stack.posted.map(({ id }) => id)).toEqual([`${slow[0]}/0`, `${other}/0`])
    await stack.deliverDue() // Its turn comes when no other account waits.
    expect(stack.posted.at(-1)?.id).toBe(`${slow[1]}/0`)
  })

  test('is given up when the time for a send is over, although the send never ends', async () => {
    await using stack = await createStack(stalled)
    const id = await stack.ended([webhook])
    const sending = stack.deliverDue()
    await expect.poll(() => stack.posted.length).toBe(1)
    stack.outOfTime()
    expect(await sending).toBe(true)
    expect(await stack.deliveries(id)).toMatchObject([{ state: 'waiting', attempts: 1, reason: 'DELIVERY_FAILED' }])
  })

  test('delays only its own account, which has one send under way however many replicas look', async () => {
    await using stack = await createStack(stalled)
    for (let run = 0; run < 3; run++) await stack.ended([webhook, webhook])
    await stack.ended([webhook], {}, otherAccount)
    let idle = 0
    const senders = Array.from({ length: 8 }, async () => {
      if (!(await stack.deliverDue())) idle++
    })
    await expect.poll(() => idle).toBe(6)
    await expect.poll(() => stack.posted.length).toBe(2)
    const accounts = stack.posted.map(({ body }) => JSON.parse(body).data.run.accountId)
    expect(accounts.toSorted()).toEqual([account, otherAccount])

    stack.outOfTime()
    await Promise.all(senders)
    expect(await stack.runs.sql`select 1 from deliveries where is_sending`).toHaveLength(0)
  })
})

test('a claim that meets another one of the same account at the same moment finds nothing', async () => {
  await using stack = await createStack()
  await stack.ended([webhook, webhook])
  const { sql } = stack.runs
  const claiming = await sql.begin(async (other) => {
    await other`update deliveries set is_sending = true, next_try_at = now() + interval '1 hour' where position = 0`
    const claiming = stack.deliverDue()
    const waits = () =>
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await waits()).length).toBe(1)
    return [claiming]
  })
  expect(await claiming[0]).toBe(false)
  expect(stack.posted).toEqual([])
})

describe('attempts per account and hour are limited, so that no address is flooded', () => {
  /** Other deliveries of the account, attempted just now. */
  const tried = (stack: Stack, runId: string, { others, attempts }: { others: number; attempts: number }) =>
    stack.runs.sql`insert into deliveries (run_id, position, account_id, destination, state, attempts, last_try_at)
      select run_id, nth, account_id, destination, 'delivered', ${attempts}, ${stack.clock.now().toISOString()}
      from deliveries, generate_series(1, ${others}::int) nth where run_id = ${runId}`

  test.for([
    { others: 100, attempts: 1 },
    { others: 20, attempts: 5 },
  ])('after $others deliveries with $attempts attempts each', async (before) => {
    await using stack = await createStack()
    const id = await stack.ended([webhook])
    await tried(stack, id, before)
    await stack.deliverDue()
    expect(stack.posted).toHaveLength(0)
    expect((await stack.deliveries(id))[0]).toMatchObject({ state: 'waiting', reason: 'RATE_LIMITED', attempts: 0 })
    // A postponed delivery must not postpone itself again.
    expect(
      await stack.runs.sql`select 1 from deliveries where state = 'waiting' and last_try_at is not null`,
    ).toHaveLength(0)

    await stack.advance(3_600_000)
    while (await stack.deliverDue());
    expect((await stack.deliveries(id))[0]).toMatchObject({ state: 'delivered', attempts: 1 })
  })

  test('a postponed delivery keeps its earlier attempt', async () => {
    await using stack = await createStack(() => ({ kind: 'failed', because: '' }))
    const id = await stack.ended([webhook])
    await stack.deliverDue()
    const firstTryAt = stack.clock.now()
    await tried(stack, id, { others: 99, attempts: 1 })
    await stack.advance(5_000)
    await stack.deliverDue()
    expect((await stack.deliveries(id))[0]).toMatchObject({ state: 'waiting', reason: 'RATE_LIMITED', attempts: 1 })
    const [row] = await stack.runs.sql`select last_try_at from deliveries where run_id = ${id} and position = 0`
    expect(new Date(row?.last_try_at)).toEqual(firstTryAt)
  })
})

test('invariant 8: after an uninstall nothing is sent, and the signing secret is erased', async () => {
  await using stack = await createStack()
  const id = await stack.ended([webhook])
  await signingSecretOf(stack.ctx, account)
  await stack.runs.uninstall()
  expect(await stack.deliverDue()).toBe(false)
  expect(await stack.deliveries(id)).toMatchObject([{ state: 'failed', reason: 'INSTALLATION_UNINSTALLED' }])
  expect(await stack.runs.sql`select * from signing_secrets`).toHaveLength(0)
  expect(await stack.runs.sql`select * from run_results`).toHaveLength(0)
})

test('invariant 18: showing the signing secret leaves an audit entry, which does not contain it', async () => {
  await using stack = await createStack()
  await stack.runs.install()
  const { signingSecret } = await showSigningSecret(stack.ctx, caller, account)

  const rows = await stack.runs.sql`select * from audit_entries where event = 'signing-secret.shown'`
  expect(rows).toMatchObject([{ account_id: account, actor_kind: 'service', actor_id: 'reports' }])
  expect(JSON.stringify(rows)).not.toContain(signingSecret)
  expect(signingSecret).toBe((await signingSecretOf(stack.ctx, account)).reveal())
})

test('invariant 8: no signing secret is made for an account after its uninstall', async () => {
  await using stack = await createStack()
  await stack.runs.install()
  await stack.runs.uninstall()
  const late = showSigningSecret(stack.ctx, caller, account)
  await expect(late).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
  expect(await stack.runs.sql`select 1 from signing_secrets`).toHaveLength(0)
})

test('an account has one signing secret, also when requested concurrently, sealed at rest', async () => {
  await using stack = await createStack()
  const secrets = await Promise.all(Array.from({ length: 8 }, () => signingSecretOf(stack.ctx, account)))
  expect(new Set(secrets.map((secret) => secret.reveal())).size).toBe(1)
  expect(secrets[0]?.reveal()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const [row] = await stack.runs.sql`select sealed_secret from signing_secrets`
  expect(row?.sealed_secret).not.toContain(secrets[0]?.reveal().slice(6))
})

test('invariant 21: a stream ends after the outcome of the deliveries, not with the run', async () => {
  await using stack = await createStack()
  const { ctx, events, listener } = stack.runs
  await listener.on('run_event', ctx.runs.feeds.wake, ctx.runs.feeds.wakeAll)
  const id = await stack.ended([webhook])
  const seen: string[] = []
  const read = (async () => {
    for await (const event of events.stream(id, { afterSeq: 0, signal: AbortSignal.timeout(10_000) }))
      seen.push(event.type === 'delivery' ? `delivery ${event.delivery.state}` : event.type)
  })()
  await expect.poll(() => seen.at(-1)).toBe('delivery waiting')
  await stack.deliverDue()
  await read
  expect(seen.at(-1)).toBe('delivery delivered')
})
