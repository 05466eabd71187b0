import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type MailServer, startMailServer } from '../../packages/standin/test/mail-server.ts'
import { until } from '../../scripts/part.ts'
import { missingBrowser } from '../browser.ts'
import { install } from '../stack.ts'
import { show, textsOverOthers } from './barriers.ts'
import { type AppInManager, type Manager, startApp } from './manager.ts'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'

const fleetSize = 450

describe.skipIf(missingBrowser && !process.env.CI)('an administrator in Manager', () => {
  let app: AppInManager
  let post: MailServer
  let receiver: WebhookReceiver
  const open: Manager[] = []
  beforeAll(async () => {
    post = await startMailServer()
    receiver = await startWebhookReceiver()
    const trusted = 'nordvang.example,receiver.example'
    const mail = { SMTP_URL: post.url, MAIL_FROM: 'standin@example.com', DELIVERY_DOMAINS: trusted }
    const environment = { ...mail, ...receiver.settings }
    app = await startApp({ fleetSize, environment, withoutPolling: true })
  })
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
    await app.stack.control('settings', { apiLatencyMs: 0, userTokenLifetimeS: 300 }, 'PUT')
    await app.stack.control('faults', {}, 'PUT')
  })
  afterAll(async () => {
    await app?.[Symbol.asyncDispose]()
    await post?.[Symbol.asyncDispose]()
    await receiver?.[Symbol.asyncDispose]()
  })

  const openManager = async (...asked: Parameters<AppInManager['open']>) => {
    const manager = await app.open(...asked)
    open.push(manager)
    return manager
  }
  /** From now on no answer of Trackunit's API comes before the test is over. */
  const hold = () => app.stack.control('faults', { rest: { delayMs: 60_000 }, graphql: { delayMs: 60_000 } }, 'PUT')

  test('gets from the installation to the removal, in a frame without an origin and under a strict policy', async () => {
    const account = randomUUID()
    const manager = await openManager({ account, frame: 'opaque' })
    const { page, app: inside, wrong } = manager
    await inside.getByText('We have not heard from Trackunit about this account yet.').waitFor()

    await manager.press('Install', 'All permissions')
    await inside.getByRole('heading', { name: /^(Checks your .*machines|Standin is working\. Nothing)/ }).waitFor()

    await inside.getByRole('link', { name: 'Actions' }).click()
    await inside.getByRole('link', { name: 'Set up Fleet snapshot' }).click()
    await inside.getByRole('button', { name: 'Start fleet snapshot' }).click()
    await inside.getByRole('heading', { name: /^450 machines listed on/ }).waitFor()
    const downloading = page.waitForEvent('download')
    await inside.getByRole('button', { name: /Download CSV/ }).click()
    const rows = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\r\n')
    expect(rows).toHaveLength(1 + fleetSize)

    await inside.getByRole('link', { name: 'Overview' }).click()
    await manager.press('Re-install', 'Identity without the account, old access works on')
    await inside.getByRole('button', { name: 'Use the new access' }).click()
    await page.getByText('Standin now uses the new access.').waitFor()
    await inside.getByRole('heading', { name: /^(Checks your .*machines|Standin is working\. Nothing)/ }).waitFor()

    await inside.getByRole('link', { name: 'Schedules' }).click()
    await inside.getByRole('link', { name: 'New schedule' }).click()
    // Not another snapshot: Trackunit allows one every 15 minutes.
    await inside.getByLabel('Action', { exact: true }).selectOption({ label: 'Attention list' })
    await inside.getByRole('textbox', { name: /^Email/ }).fill('mette@nordvang.example')
    await inside.getByLabel('Attachment').selectOption({ label: 'Plain table (CSV)' })
    await inside.getByRole('textbox', { name: /^Web address/ }).fill(receiver.url)
    await inside.getByRole('button', { name: 'Save schedule' }).click()
    await page.getByText('The schedule is saved.').waitFor()
    await inside.getByText('No run has finished yet.').waitFor()
    // A week later.
    await app.stack
      .sql`update schedules set next_at = now() - interval '1 second', due_at = now() - interval '1 second' where account_id = ${account}`
    await inside.getByRole('link', { name: /machines need attention/ }).click()
    await inside.locator('[data-delivery=delivered]', { hasText: 'mette@nordvang.example' }).waitFor()
    await inside.getByRole('link', { name: 'Open its schedule' }).waitFor()
    expect(await manager.frame().evaluate(textsOverOthers)).toEqual([])
    expect(post.mails).toMatchObject([{ to: ['mette@nordvang.example'], raw: expect.stringContaining('.csv') }])
    await inside.locator('[data-delivery=delivered]', { hasText: 'receiver.example' }).waitFor()
    // From the email to its worst machine, and back: each is one click.
    const mailed = /http:\S+\?row=1(?=\s)/.exec(
      post.mails[0]?.raw.replaceAll(/=\r\n/g, '').replaceAll('=3D', '=') ?? '',
    )
    const followed = new URL(mailed?.[0] ?? '')
    followed.searchParams.set('account', account) // Manager knows it from who is signed in.
    const reader = await app.browser.newPage()
    await reader.goto(followed.href)
    const worst = reader.frameLocator('#app').locator('.panel h2')
    await worst.waitFor()
    await reader.frameLocator('#app').getByRole('link', { name: 'Open in Manager' }).click()
    await reader.getByText('Manager’s own page of a simulated machine.').waitFor()
    await reader.goBack()
    await worst.waitFor()
    await reader.close()
    const { signingSecret } = await (await app.as(account)).delivery.signingSecret.query({ accountId: account })
    const [{ body, headers } = { body: '', headers: {} }] = receiver.requests
    expect(new Webhook(signingSecret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'run.succeeded',
      data: { run: { accountId: account, actionId: 'attention-list' } },
    })
    expect(receiver.requests).toHaveLength(1)

    await manager.press('Uninstall', 'All permissions')
    await inside.getByRole('link', { name: /Stopped/ }).waitFor()
    await inside.getByRole('link', { name: 'Overview' }).click()
    await inside
      .getByText(/Standin stopped today at/)
      .first()
      .waitFor()
    await inside.getByRole('heading', { name: 'Coming up' }).waitFor({ state: 'detached' })
    expect(wrong).toEqual([])
  })

  test('asks someone outside to confirm, who agrees and later stops the emails', async () => {
    const account = randomUUID()
    await install(app.stack, account)
    const manager = await openManager({ account })
    const { app: inside, page, visit, wrong } = manager
    const before = post.mails.length
    const bert = 'bert@partner.example'

    await show(manager, { theme: 'light', width: 1280 })
    await visit('/actions/attention-list')
    await inside.getByRole('textbox', { name: /^Email/ }).waitFor()
    const start = inside.getByRole('button', { name: 'Start attention list' })
    const bottom = () => start.evaluate((element) => element.getBoundingClientRect().bottom + scrollY)
    const atFirst = await bottom()
    expect(atFirst).toBeLessThan(840) // In view at 1280 × 900, below Manager's own bar.
    await inside.getByRole('textbox', { name: /^Email/ }).pressSequentially('mette@')
    expect(await bottom()).toBe(atFirst)
    const topsOf = (selector: string) =>
      inside.locator(selector).evaluateAll((all) => [...new Set(all.map((each) => each.getBoundingClientRect().top))])
    await visit('/actions/clear-stale-events') // Its numbers have helps of two and of three lines.
    await inside.getByText('Look back').waitFor()
    for (const part of ['label', '.unit'])
      expect(await topsOf(`.fields > .field:has(> .unit) > ${part}`)).toHaveLength(1)

    await visit('/actions/fleet-snapshot')
    await inside.getByRole('textbox', { name: /^Email/ }).fill(bert)
    await inside.getByRole('textbox', { name: /^Web address/ }).fill('https://hooks.partner.example/x')
    await inside.getByText(`${bert} must confirm first.`).waitFor()
    await inside.getByRole('button', { name: `Ask ${bert} to confirm` }).click()
    await page.getByText(`${bert} was asked.`).waitFor()
    await inside.getByRole('button', { name: 'Start fleet snapshot' }).click()
    await inside.getByText(/Results may not be sent to one of the receivers yet/).waitFor()
    await inside.getByText(/This account does not trust hooks.partner.example/).waitFor()

    const mailbox = await app.browser.newPage()
    await mailbox.goto(linkIn(post.mails[before]?.raw, 'confirm'))
    await mailbox.getByRole('button', { name: 'Yes, send them to me' }).click()
    await mailbox.getByRole('heading', { name: `Results will now be sent to ${bert}.` }).waitFor()

    await visit('/schedules/receivers')
    await inside.locator('[data-receiver=confirmed]', { hasText: bert }).waitFor()
    await inside.getByRole('textbox', { name: 'Host' }).fill('https://hooks.partner.example/x')
    await inside.locator('[data-trusted=webhook]').getByRole('button', { name: 'Add' }).click()
    await page.getByText('Results can now be sent to hooks.partner.example.').waitFor()
    await inside.getByRole('textbox', { name: 'Domain' }).fill('gmail.com')
    await inside.locator('[data-trusted=email]').getByRole('button', { name: 'Add' }).click()
    await inside.getByText(/anyone can have an address there/).waitFor()
    await inside.getByRole('button', { name: 'Remove hooks.partner.example' }).click()
    await inside.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('hooks.partner.example is removed.').waitFor()

    const { run } = await app.as(account)
    const deliverTo = [{ kind: 'email', address: bert } as const]
    const asked = { accountId: account, actionId: 'fleet-snapshot', input: {}, idempotencyKey: randomUUID() }
    await run.start.mutate({ ...asked, deliverTo })
    await until('the result in the mailbox', async () => post.mails.length > before + 1)
    const [, list = ''] =
      /^List-Unsubscribe:\s*<([^>]+)>/m.exec(post.mails.at(-1)?.raw.replaceAll(/\r\n\s+/g, '') ?? '') ?? []
    await mailbox.goto(list)
    await mailbox.getByRole('button', { name: 'Stop the emails' }).click()
    await mailbox.getByRole('heading', { name: `${bert} gets no more emails.` }).waitFor()
    await mailbox.close()
    await visit('/activity')
    await inside.getByText(`${bert} wants no more emails.`).waitFor()
    expect(wrong).toEqual([])
  })

  test('fixes from the overview what did not arrive, what has a wrong address, and what was paused', async () => {
    const account = randomUUID()
    await install(app.stack, account)
    const { sql } = app.stack
    const api = await app.as(account)
    const { id } = await api.schedule.create.mutate({
      accountId: account,
      actionId: 'attention-list',
      input: {},
      timeZone: 'Europe/Copenhagen',
      recurrence: 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0',
      deliverTo: [{ kind: 'email', address: 'mette@nordvang.example', file: 'none' }],
    })
    const isDelivered = () =>
      until('the result in the mailbox', async () => {
        const [delivery] = await sql`select state from deliveries where account_id = ${account}`
        return delivery?.state === 'delivered'
      })
    /** As if the receiver had answered so. */
    const fail = async (reason: string) => {
      await sql`update deliveries set state = 'failed', reason = ${reason}, ended_at = now() where account_id = ${account}`
      await sql`select pg_notify('runs_changed', ${account})`
    }
    await sql`update schedules set next_at = now() - interval '1 second', due_at = now() - interval '1 second' where id = ${id}`
    await isDelivered()
    await fail('DELIVERY_FAILED')
    const { app: inside, page, visit, wrong } = await openManager({ account })
    const allIsWell = inside.getByRole('heading', { name: 'Standin is working. Nothing needs you.' })

    await inside.getByText('The result of “Attention list” did not reach mette@nordvang.example.').waitFor()
    await inside.getByRole('button', { name: 'Resend to mette@nordvang.example' }).click()
    await page.getByText('The result is on its way to mette@nordvang.example.').waitFor()
    await allIsWell.waitFor()
    await isDelivered()

    await fail('DELIVERY_REFUSED')
    await inside.getByText('The address does not accept the result. The result is still here.').waitFor()
    await inside.getByRole('link', { name: 'Correct the address' }).click()
    await inside.getByRole('textbox', { name: /^Email/ }).fill('anna@nordvang.example')
    await inside.getByRole('button', { name: 'Save schedule' }).click()
    await page.getByText('The schedule is saved.').waitFor()
    await visit('/')
    await allIsWell.waitFor()

    await sql`update schedules set state = 'paused', reason = 'SCOPE_FORBIDDEN', next_at = null, due_at = null where id = ${id}`
    await sql`select pg_notify('runs_changed', ${account})`
    await inside.getByText('All schedules are paused.').waitFor()
    await inside.getByRole('button', { name: 'Resume the schedule “Attention list”' }).click()
    await page.getByText('The schedule is resumed.').waitFor()
    await allIsWell.waitFor()

    // Made elsewhere, and opened by its link before the list is asked again.
    const other = await api.schedule.create.mutate({
      accountId: account,
      actionId: 'fleet-snapshot',
      input: {},
      timeZone: 'Europe/Copenhagen',
      recurrence: 'FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=6;BYMINUTE=0',
      deliverTo: [],
    })
    await visit(`/schedules/${other.id}`)
    await inside.getByRole('heading', { name: 'Fleet snapshot, all machines' }).waitFor()
    expect(wrong).toEqual([])
  })

  test('starts a run before the new access works; it begins as soon as the access does', async () => {
    const account = randomUUID()
    const manager = await openManager({ account })
    await manager.turn('Sign-in refuses') // As Trackunit may do with new access for a while.
    await manager.press('Install', 'All permissions')
    await manager.visit('/actions/fleet-snapshot')
    // Its page does not wait for what it found: that is nothing yet.
    const mayAnswer = Promise.withResolvers<void>()
    await manager.page.route(/\/trpc\/[^?]*run\.result/, async (route) => {
      await mayAnswer.promise
      await route.continue()
    })
    await manager.app.getByRole('button', { name: 'Start fleet snapshot' }).click()
    await manager.app.getByRole('heading', { name: 'Waiting until our access works' }).waitFor()
    mayAnswer.resolve()

    await manager.turn('Sign-in refuses', false)
    await manager.app.getByRole('heading', { name: /^450 machines listed on/ }).waitFor()
  })

  test('follows a run through a lost connection and an expired token: no event is lost or repeated, nothing is stored', async () => {
    const account = randomUUID()
    await install(app.stack, account)
    await app.stack.control('settings', { userTokenLifetimeS: 6, apiLatencyMs: 1_200 }, 'PUT')
    const manager = await openManager({ account })
    const { app: inside, frame, page } = manager
    const resumed: string[] = []
    page.on('request', (request) => {
      const after = request.headers()['last-event-id']
      if (after && request.url().includes('/run.events')) resumed.push(after)
    })
    const run = await app.start(account, 'fleet-snapshot')
    await manager.visit(`/runs/${run}?log=open`)
    await frame().evaluate(watchProgress)
    await inside.locator('[role=progressbar][aria-valuetext*="of 450 machines listed"]').waitFor()

    await manager.turn('Our server off')
    await inside.getByText('No connection to Standin.').waitFor()
    await manager.turn('Our server off', false)
    const bar = await inside.getByRole('progressbar').getAttribute('aria-valuenow')
    await inside.locator(`[role=progressbar]:not([aria-valuenow="${bar}"])`).waitFor()
    await inside.getByText('No connection to Standin.').waitFor({ state: 'detached' })
    await inside.getByRole('heading', { name: /^450 machines listed on/ }).waitFor()

    // The run lists machines, then reads counters: both parts show each step once, in order.
    const said = await frame().evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
    // The final text, if it is seen at all, repeats the end of the first part.
    const seen = said.at(-1) === '450 of 450 machines listed' ? said.slice(0, -1) : said
    expect(seen).toEqual([...new Set(seen)])
    for (const part of ['machines listed', 'with their counters']) {
      const steps = seen.filter((words) => words.includes(part)).map((words) => Number.parseInt(words, 10))
      expect(steps.length).toBeGreaterThan(1)
      expect(steps).toEqual([...steps].sort((left, right) => left - right))
    }
    expect(resumed.length).toBeGreaterThan(1) // After the lost connection, and with the next token.
    const [{ count = 0 } = {}] = await app.stack.sql<{ count: number }[]>`
      select count(*)::int as count from run_events where run_id = ${run} and body->>'type' = 'log'`
    await expect.poll(() => inside.locator('.log li').count()).toBe(count)

    const kept = await frame().evaluate(async () => [
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
      ...(await indexedDB.databases()).map(({ name }) => name),
      ...(await caches.keys()),
    ])
    expect(kept).toEqual([expect.not.stringContaining('eyJ')])
    const ofManager = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
    )
    expect(ofManager).not.toContain('eyJ')
    expect(manager.wrong).toEqual([])
  })

  test('dismisses a false removal, and everything continues', async () => {
    const account = randomUUID()
    await install(app.stack, account)
    const manager = await openManager({ account })
    const { app: inside, page } = manager
    await manager.press('Uninstall', 'Identity without the account, old access works on')
    await inside.getByText('Trackunit says Standin was removed, but our access still works.').waitFor()
    await inside.getByRole('button', { name: 'No, keep working' }).click()
    await page.getByText('Standin keeps working.').waitFor()
    await inside.getByRole('heading', { name: /^(Checks your .*machines|Standin is working\. Nothing)/ }).waitFor()
    await inside.getByRole('link', { name: 'Activity' }).click()
    await inside.getByText('Confirmed that Standin was not removed. It keeps working.').waitFor()
    expect(manager.wrong).toEqual([])
  })

  test('opens a run in two tabs, and stops it in one of them', async () => {
    const account = randomUUID()
    await install(app.stack, account)
    await hold()
    const run = await app.start(account, 'fleet-snapshot')
    const [first, second] = [await openManager({ account }), await openManager({ account })]
    for (const tab of [first, second]) {
      await tab.visit(`/runs/${run}`)
      await tab.app.getByRole('progressbar').waitFor()
    }

    await second.app.getByRole('button', { name: 'Stop' }).click()
    await second.app.getByRole('button', { name: 'Stop now' }).click()
    for (const tab of [first, second]) await tab.app.getByRole('heading', { name: /was stopped/ }).waitFor()
    expect([...first.wrong, ...second.wrong]).toEqual([])
  })

  test('shows why a start was refused that others have made impossible; nothing typed is lost, and the button shows it too', async () => {
    const account = randomUUID()
    await install(app.stack, account)
    await hold()
    const { app: inside, page, visit, wrong } = await openManager({ account })
    await visit('/actions/fleet-snapshot')
    const email = inside.getByRole('textbox', { name: /^Email/ })
    await email.fill('mette@nordvang.example')
    const runs: string[] = []
    // What another tab starts is not heard here until the press is answered.
    const unheard = /\/trpc\/.*(run\.list|installation\.watch)/
    await page.route(unheard, (route) => route.abort())
    await page.route(/\/trpc\/run\.start/, async (route) => {
      for (let nth = 0; nth < 2; nth++) runs.push(await app.start(account, 'fleet-snapshot'))
      await page.unroute(unheard)
      await route.continue()
    })
    const button = inside.getByRole('button', { name: 'Start fleet snapshot' })
    await button.click()
    await inside
      .getByRole('alert')
      .filter({ hasText: 'Fleet snapshot did not start. It is running, and another run is waiting.' })
      .waitFor()
    await button.and(inside.locator('[aria-disabled=true]')).waitFor()
    expect(await email.inputValue()).toBe('mette@nordvang.example')
    expect(wrong.filter((words) => !words.includes('ERR_FAILED'))).toEqual([])
    const api = await app.as(account)
    for (const runId of runs.toReversed()) await api.run.cancel.mutate({ runId })
  })

  /** A form to type in, in a browser whose clock can be set. */
  async function openForm() {
    const account = randomUUID()
    await install(app.stack, account)
    const manager = await openManager({ account }, { isClockSet: true })
    await manager.visit('/actions/attention-list')
    return { manager, email: manager.app.getByRole('textbox', { name: /^Email/ }) }
  }

  test('keeps typing while the token is renewed: value, focus and caret stay, and so does the field itself', async () => {
    const { manager, email } = await openForm()
    const { page } = manager
    await email.pressSequentially('mette.example')
    for (const _ of '.example') await page.keyboard.press('ArrowLeft')
    await email.evaluate((field) => Object.assign(globalThis, { field }))

    const bearers = new Set<string | undefined>()
    page.on('request', (request) => request.url().includes('/trpc/') && bearers.add(request.headers().authorization))
    await page.clock.fastForward('04:00') // The token is valid for five minutes.
    await until('requests with the next token', async () => {
      await page.clock.fastForward('00:20')
      return bearers.size > 1
    })
    await page.keyboard.type('@nordvang')
    expect(await email.inputValue()).toBe('mette@nordvang.example')
    expect(await email.evaluate((field) => field === Reflect.get(globalThis, 'field'))).toBe(true)
    expect(manager.wrong).toEqual([])
  })

  test('signs out of Manager and in again, and finds the typed text', async () => {
    const { manager, email } = await openForm()
    const { app: inside, page } = manager
    await email.fill('mette@nordvang.example')

    await manager.turn('Signed out')
    await page.clock.fastForward('06:00')
    await manager.timeFliesUntil(inside.getByText('Manager has signed you out.'))
    await inside.getByRole('button', { name: 'Try again' }).click() // Still signed out.
    await inside.getByText('Manager has signed you out.').waitFor()
    await manager.turn('Signed out', false)
    await manager.timeFliesUntil(page.getByText('You are signed in again. What you typed is still here.'))
    expect(await email.inputValue()).toBe('mette@nordvang.example')
    expect(manager.wrong).toEqual([])
  })
})

/** A link in a mail's plain text, whose long lines are cut. */
function linkIn(raw: string | undefined, purpose: 'confirm' | 'withdraw'): string {
  const text = raw?.replaceAll(/=\r\n/g, '') ?? ''
  return new RegExp(`http://[\\w.:-]+/receivers/${purpose}/[\\w.-]+`).exec(text)?.[0] ?? ''
}

/** Collects the texts of the progress bar, in the order in which they appear. */
function watchProgress(): void {
  const page = globalThis as unknown as { seen: string[] }
  page.seen = []
  new MutationObserver(() => {
    const words = document
      .querySelector('[role=progressbar]')
      ?.getAttribute('aria-valuetext')
      ?.replace(/^Step \d+ of \d+: |,.*/g, '')
    if (words && words !== page.seen.at(-1)) page.seen.push(words)
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuetext'] })
}
