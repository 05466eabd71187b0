import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { missingBrowser } from '../browser.ts'
import { install, otherAccountId } from '../stack.ts'
import { barriers } from './barriers.ts'
import { type AppInManager, type Manager, type ManagerAddress, type SpecialBrowser, startApp } from './manager.ts'

interface State {
  state: string
  /** Prepares the account before Manager is opened; without it, the app is not installed. */
  before?: (account: string) => Promise<unknown>
  at?: Omit<ManagerAddress, 'account'>
  /** Opens a browser context of its own, for example with a clock that can be set. */
  special?: SpecialBrowser
  /** Brings the open Manager into the state, with its drawer and with what a user does in the app. */
  reach?: (manager: Manager, account: string) => Promise<unknown>
  /** Texts that must all be on the page. */
  sees: readonly (string | RegExp)[]
  /** What a user does to get out of the state. */
  leave?: (manager: Manager, account: string) => Promise<unknown>
}

let app: AppInManager
const installed = (account: string) => install(app.stack, account)
const ended = (run: string) => app.ended(run)
const again = async ({ page }: Manager) => {
  await page.reload()
}

/** A re-install that needs approval: nothing shows that it is from the same account, and the old access still works. */
const reinstall = (manager: Manager) => manager.press('Re-install', 'Identity without the account, old access works on')
const installRefused = (manager: Manager) => manager.press('Install', 'Access that never works')
/** As if the access had been tried without success for this many minutes. */
const triedFor = (account: string, minutes: number) => app.stack.sql`
  update credentials set received_at = received_at - make_interval(mins => ${minutes}),
    attempts = attempts + 3, next_attempt_at = now() - interval '1 second'
  where account_id = ${account}`

const states: readonly State[] = [
  {
    state: 'none: not installed',
    sees: ['We have not heard from Trackunit about this account yet.', 'Open Standin in the Marketplace'],
  },
  {
    state: 'pending: the first moments after the installation',
    reach: installRefused,
    sees: [
      'Standin is getting ready. This usually takes less than a minute.',
      'Testing the access',
      /^\d+(st|nd|rd|th) try$/,
    ],
  },
  {
    state: 'pending for longer than usual',
    async reach(manager, account) {
      await installRefused(manager)
      await triedFor(account, 5)
      await again(manager)
    },
    sees: [
      'Trackunit has not switched on our access yet.',
      'This can take up to 15 minutes after an installation.',
      /We have tried \d+ times\./,
      /Next try in \d+ seconds?\./,
      /If it does not work by \d\d:\d\d, this page will tell you what to do\./,
    ],
  },
  {
    state: 'rejected: the access did not work in time',
    async reach(manager, account) {
      await installRefused(manager)
      await triedFor(account, 15)
    },
    sees: [
      'Trackunit refuses the access it gave us.',
      /We tried \d+ times in 15 minutes, last at \d\d:\d\d today\./,
      'Not working',
      'Copy details for support',
    ],
  },
  {
    state: 'quarantined: the access belongs to another account',
    async reach(manager) {
      await installed(otherAccountId)
      await manager.press('Install', 'Access of another account')
    },
    sees: ['We locked away new access, because it belongs to a different account.', 'Copy details for support'],
  },
  {
    state: 'awaiting approval',
    before: installed,
    reach: reinstall,
    sees: ['Someone installed Standin again. Was it one of you?', 'What would change', 'Use the new access'],
  },
  {
    state: 'awaiting approval, for a reader',
    before: installed,
    at: { user: 'reader' },
    reach: reinstall,
    sees: [
      'New access needs an administrator’s decision.',
      /Standin keeps its current access until an administrator decides\./,
    ],
  },
  {
    state: 'parked: access that worked is refused',
    async before(account) {
      await app.stack.control('settings', { tokenLifetimeS: 1 }, 'PUT') // So that each call needs a new token.
      await installed(account)
      await app.stack.control('settings', { tokenLifetimeS: 3_600 }, 'PUT')
    },
    async reach(manager, account) {
      await manager.turn('Sign-in refuses')
      await app.start(account, 'fleet-snapshot')
    },
    sees: [
      /Trackunit has refused our access since/,
      'Not working',
      'If Standin was removed on purpose, do nothing.',
      /We last tried at .* Next try/,
      /Trackunit refuses our access\. Nothing is lost\. Continues once Trackunit accepts it again/,
    ],
    // The first tries are seconds apart; later ones up to a quarter of an hour. New access works before the next.
    async leave(manager) {
      const allowed = manager.app.locator('section[aria-labelledby=h-may] .i.ok')
      await manager.app.getByText('See machines and their data').waitFor()
      expect(await allowed.count()).toBe(0) // Nothing is green that Standin cannot do.
      await manager.app.getByRole('button', { name: 'Try now' }).click()
      await manager.app.getByText(/Next try in \d+ seconds?\./).waitFor()
      await manager.turn('Sign-in refuses', false)
      await manager.press('Re-install', 'All permissions')
      await manager.app.getByRole('heading', { name: /^(Checks your .*machines|Standin is working)/ }).waitFor()
      await allowed.first().waitFor()
      await manager.app
        .getByText(/101 machines listed/)
        .first()
        .waitFor()
    },
  },
  {
    state: 'suspended: an uninstall that can be undone',
    before: installed,
    reach: (manager) => manager.press('Uninstall', 'All permissions'),
    sees: [
      /Standin stopped today at/,
      /Nothing runs. Everything is kept until/,
      'It was removed: stop and delete',
      'Stopped', // Not removed: it can be restored.
    ],
    async leave(manager) {
      await manager.app.getByRole('button', { name: 'Restore Standin' }).click()
      await manager.page.getByText('Standin is restored.').waitFor()
    },
  },
  {
    state: 'uninstalled',
    before: installed,
    async reach(manager) {
      await manager.press('Uninstall', 'All permissions')
      await manager.app.getByRole('button', { name: 'It was removed: stop and delete' }).click()
      await manager.app
        .getByRole('alertdialog')
        .getByRole('button', { name: 'It was removed: stop and delete' })
        .click()
    },
    sees: [
      /Standin was removed from this account today at/,
      'All work stopped immediately. Our access, all results and all files were deleted.',
      'See what was done',
    ],
  },
  {
    state: 'an uninstall that proves nothing',
    before: installed,
    reach: (manager) => manager.press('Uninstall', 'Identity without the account, old access works on'),
    sees: [
      'Trackunit says Standin was removed, but our access still works.',
      'No, keep working',
      'It was removed: stop and delete',
    ],
  },
  {
    state: 'optional permissions denied',
    reach: (manager) => manager.press('Install', 'Without optional permissions'),
    sees: [
      /“Clear stale events” cannot run/,
      '“Attention list” leaves something out.',
      'See how to allow it',
      'Not allowed',
    ],
  },
  {
    state: 'a plan without the optional permissions',
    reach: (manager) => manager.press('Install', 'Plan without the optional permissions'),
    sees: [
      /“Clear stale events” cannot run/,
      /^Needs .* is not in your Trackunit plan. Your contact/,
      /is not in your Trackunit plan. The rest is complete. Your contact/,
      'Not in your Trackunit plan',
    ],
  },
  {
    state: 'a plan without the optional permissions, at the action',
    async reach(manager) {
      await manager.press('Install', 'Plan without the optional permissions')
      await manager.app.getByText('Not in your Trackunit plan').first().waitFor()
      await manager.visit('/actions/clear-stale-events')
    },
    sees: [/not in your Trackunit plan/, 'Show what would be dismissed'],
  },
  {
    state: 'the plan has no GraphQL: the result names what is missing',
    before: installed,
    async reach(manager, account) {
      await manager.machines(1)
      await manager.turn('Plan missing')
      await manager.visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
    },
    sees: [/1 machine listed/, /your Trackunit plan or permissions do not let apps read them/],
  },
  {
    state: 'the plan has no GraphQL, in the catalogue',
    before: installed,
    async reach({ machines, turn, visit }, account) {
      await machines(1)
      await turn('Plan missing')
      await ended(await app.start(account, 'fleet-snapshot'))
      await visit('/actions')
    },
    sees: [/the right of apps to dismiss events, which is not in your Trackunit plan/],
  },
  {
    state: 'the plan has no GraphQL, on the overview of a reader of German: its long button is whole on a phone',
    before: installed,
    at: { language: 'de-DE' },
    async reach({ machines, turn, visit }, account) {
      await machines(1)
      await turn('Plan missing')
      await ended(await app.start(account, 'fleet-snapshot'))
      await visit('/')
    },
    sees: [/^„Alte Ereignisse aufräumen“ kann/, 'Wir haben es jetzt: noch einmal versuchen'],
  },
  {
    state: 'the plan has no GraphQL: the list says what was checked, on which machines, and claims nothing about sites',
    before: installed,
    async reach({ turn, visit, app: inside }, account) {
      await turn('Plan missing')
      await visit(`/runs/${await app.start(account, 'attention-list')}`)
      await inside.locator('.list .mach').first().waitFor()
      expect(await inside.getByText('No site').count()).toBe(0)
    },
    sees: [
      /^Only .* checked on 101 machines\.$/,
      'Show the 101',
      'Try again',
      /Sites, batteries and groups are missing/,
    ],
  },
  {
    state: 'the plan has no GraphQL: of a choice of machines, those that were checked are shown here',
    before: installed,
    async reach({ turn, visit, app: inside, reload }, account) {
      await ended(await app.start(account, 'fleet-snapshot', { input: { idleHours: false } }))
      await turn('Plan missing')
      const input = { machines: { types: ['EXCAVATOR'] } }
      await visit(`/runs/${await app.start(account, 'attention-list', { input })}`)
      const show = inside.getByRole('button', { name: /^Show the \d+$/ })
      await show.click()
      await reload()
      const count = Number(/\d+/.exec((await show.textContent()) ?? '')?.[0])
      await inside.getByRole('region', { name: `The ${count} machines that were checked` }).waitFor()
      await expect.poll(() => inside.locator('.checked .mach').count()).toBe(count)
      expect(await inside.locator('.checked .mach').first().getAttribute('href')).toContain('/assets/')
    },
    sees: [/checked on \d+ machines/],
  },
  {
    state: 'one run works and another waits: nothing that would be refused is offered',
    before: installed,
    async reach({ turn, visit, app: inside }, account) {
      const done = await app.start(account, 'fleet-snapshot')
      await ended(done)
      await turn('Slow')
      for (let nth = 0; nth < 2; nth++) await app.start(account, 'fleet-snapshot')
      await visit(`/runs/${done}`)
      await inside.locator('[aria-disabled=true]', { hasText: 'Run again' }).waitFor()
    },
    sees: ['It is running, and another run is waiting. Start it again when they are done.'],
  },
  {
    state: 'a permission denied, at the action',
    async reach(manager) {
      await manager.press('Install', 'Without optional permissions')
      await manager.app.getByText('See how to allow it').first().waitFor()
      await manager.visit('/actions/clear-stale-events')
    },
    sees: [/which was not allowed at installation, or is not in your Trackunit plan\./, 'Open Apps'],
  },
  {
    state: 'Trackunit does not answer',
    before: installed,
    async reach(manager, account) {
      await manager.turn('Trackunit down')
      await manager.visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
      await manager.app.getByText('Trackunit is not answering.').first().waitFor()
      await manager.visit('/')
      await again(manager)
    },
    sees: [/Trackunit has not answered since/, '1 run waits and continues automatically.'],
  },
  {
    state: 'too many requests, with the time at which it ends',
    before: installed,
    async reach(manager, account) {
      await manager.turn('Too many requests')
      await manager.visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
    },
    sees: [/Waiting for Trackunit until .*, \d+ minutes from now/, 'Stop and keep what was read'],
  },
  {
    state: 'too many requests, on the overview',
    before: installed,
    async reach(manager, account) {
      await manager.turn('Too many requests')
      await app.start(account, 'fleet-snapshot')
    },
    sees: [/Fleet snapshot: .*waiting until/, /Waiting for Trackunit’s rate limit/],
  },
  {
    state: 'one list that the server cannot give: the overview stays, and asks for it calmly',
    async before(account) {
      await installed(account)
      await app.planWeeklyList(account)
      // Nothing that the contract allows: the server refuses to pass it on.
      await app.stack.sql`update schedules set state = 'paused', reason = 'NO_REASON' where account_id = ${account}`
    },
    async reach({ page, app: inside }) {
      const asked: string[] = []
      page.on('request', (request) => void (request.url().includes('schedule.list') && asked.push(request.url())))
      await again({ page } as Manager)
      await inside.getByRole('heading', { name: /^Standin is working/ }).waitFor()
      await inside.getByText('See which machine has which service plan').waitFor()
      await page.waitForResponse(/schedule\.list/) // A try later, the page is still there.
      expect(await inside.getByRole('heading', { name: /^Standin is working/ }).count()).toBe(1)
      expect(asked.length).toBeLessThan(10) // Once as it loads, once as it is drawn, then every ten seconds.
    },
    sees: [/^Standin is working/, 'See machines and their data'],
  },
  {
    state: 'one schedule of a list that the server cannot give: nobody says that it does not exist',
    async before(account) {
      await installed(account)
      await app.planWeeklyList(account)
      await app.stack.sql`update schedules set state = 'paused', reason = 'NO_REASON' where account_id = ${account}`
    },
    async reach({ visit }, account) {
      const [row] = await app.stack.sql<{ id: string }[]>`select id from schedules where account_id = ${account}`
      await visit(`/schedules/${row?.id}`)
    },
    sees: ['This part could not be loaded.'],
  },
  {
    state: 'signed out of Manager',
    before: installed,
    special: { isClockSet: true },
    async reach({ app: inside, turn, page, timeFliesUntil }) {
      await inside.getByText(/^(Checks your .*machines|Standin is working)/).waitFor()
      await turn('Signed out')
      await page.clock.fastForward('06:00') // Longer than the lifetime of a token.
      await timeFliesUntil(inside.getByText('Manager has signed you out.'))
    },
    sees: ['Manager has signed you out.', 'Try again'],
  },
  {
    state: 'an update removed a file of the app',
    before: installed,
    async reach(manager) {
      await manager.page.context().route(/schedule-pages/, (route) => route.fulfill({ status: 404 }))
      await again(manager)
      await manager.app.getByText(/^(Checks your .*machines|Standin is working)/).waitFor()
      await manager.visit('/schedules')
    },
    sees: ['This part of Standin could not be loaded.', 'Overview'],
    async leave({ page, app: inside }) {
      await page.context().unroute(/schedule-pages/)
      await inside.getByRole('button', { name: 'Reload' }).click()
      await inside.getByText('Nothing is scheduled yet.').waitFor()
    },
  },
  {
    state: 'our server is unreachable',
    before: installed,
    async reach(manager) {
      await manager.app.getByText(/^(Checks your .*machines|Standin is working)/).waitFor()
      await manager.turn('Our server off')
      await manager.visit('/activity')
      await manager.visit('/')
    },
    sees: [/No connection to Standin. You see what was loaded at/, /Next try in \d+ seconds?\./, 'Try now'],
    async leave({ app: inside }) {
      expect(await inside.getByRole('link', { name: 'Background access' }).count()).toBe(0)
    },
  },
  {
    state: 'a user without the required role',
    before: installed,
    at: { user: 'reader' },
    reach: (manager) => manager.visit('/actions/clear-stale-events'),
    sees: ['You can view this action, but not start it.', 'Needs the Administrator role'],
  },
  {
    state: 'a user without the role that a result was read with: its page says that, not that something failed',
    before: installed,
    at: { user: 'reader' },
    async reach({ visit }, account) {
      const preview = await app.start(account, 'clear-stale-events', { mode: 'preview' })
      await ended(preview)
      await visit(`/actions/clear-stale-events/preview/${preview}`)
    },
    sees: ['This part could not be loaded.', /^Your role in Manager does not allow this\./],
  },
  {
    state: 'a user of another account',
    before: installed,
    at: { user: 'stranger' },
    sees: ['This account is not one of yours.'],
  },
  {
    state: 'ready, but nothing has run yet',
    before: installed,
    sees: [/^Checks your 101 machines while you are away/, 'Check my fleet now', 'What it will read', 'Service plans'],
  },
  {
    state: 'utilisation on the first day: no empty files, but the schedule that it needs',
    before: installed,
    async reach({ visit, app: inside }, account) {
      const run = await app.start(account, 'utilisation')
      await ended(run)
      await visit(`/runs/${run}`)
      await inside.getByRole('heading', { name: 'There are no full weeks to compare yet.' }).waitFor()
      expect(await inside.getByRole('heading', { name: 'Files' }).count()).toBe(0)
    },
    sees: ['A fleet snapshot every day at 05:00'],
    async leave({ app: inside }) {
      await inside.getByRole('button', { name: 'Schedule it' }).click()
      await inside.getByText('“Fleet snapshot” runs on a schedule already.').waitFor()
      await inside.getByRole('link', { name: 'Open its schedule' }).waitFor()
    },
  },
  {
    state: 'an empty fleet',
    before: installed,
    async reach({ machines, visit }, account) {
      await machines(0)
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
    },
    sees: ['There are no machines to list.'],
  },
  {
    state: 'an empty fleet, at the form',
    before: installed,
    async reach({ machines, visit }, account) {
      await machines(0)
      await ended(await app.start(account, 'fleet-snapshot'))
      await visit('/actions/attention-list')
    },
    sees: ['There are no machines on this account yet.', 'Start attention list'],
  },
  {
    state: 'a preview older than a day: nothing in it can be chosen any more',
    before: installed,
    async reach({ visit, app: inside }, account) {
      const preview = await app.start(account, 'clear-stale-events', { mode: 'preview' })
      await ended(preview)
      await app.stack.sql`update runs set ended_at = now() - interval '25 hours' where id = ${preview}`
      await visit(`/actions/clear-stale-events/preview/${preview}`)
      await inside.locator('.list .mach').first().waitFor()
      expect(await inside.getByRole('checkbox', { name: /^Include / }).count()).toBe(0)
    },
    sees: ['This preview is older than a day.', 'Make a new preview', 'Kinds of event'],
  },
  {
    state: 'an empty fleet, at the preview',
    before: installed,
    async reach({ machines, visit }, account) {
      await machines(0)
      const preview = await app.start(account, 'clear-stale-events', { mode: 'preview' })
      await visit(`/actions/clear-stale-events/preview/${preview}`)
    },
    sees: [/There is nothing to dismiss\./, 'Nothing was changed.'],
  },
  {
    state: 'a long fleet',
    before: installed,
    async reach({ machines, page, visit, app: inside, frame }, account) {
      await machines(250)
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
      await inside.getByRole('textbox', { name: 'Row' }).fill('150')
      await page.keyboard.press('Enter')
      const there = inside.locator('tr[aria-rowindex="151"]')
      await there.locator(':focus').waitFor()
      expect(await inside.locator('table[aria-rowcount="251"] tbody tr[aria-rowindex]').count()).toBeLessThan(60)
      // The next row is one Tab away, whether or not it was drawn before.
      for (let presses = 0; presses < 24; presses++) await page.keyboard.press('Tab')
      const index = await inside.locator('tr:has(:focus)').getAttribute('aria-rowindex')
      expect(Number(index)).toBeGreaterThan(155)
      // It stays one Tab away from the focused row, however far the page is scrolled in between.
      await frame().evaluate(() => scrollTo(0, 0))
      await inside.locator('tr[aria-rowindex="2"]').waitFor()
      await page.keyboard.press('Tab')
      const nextFocused = inside.locator(`tr[aria-rowindex="${Number(index) + 1}"]`)
      await nextFocused.locator(':focus').waitFor()
      // There, no row is partly covered by the tabs.
      await inside.getByRole('button', { name: 'Back to the top' }).click()
    },
    sees: [/250 machines listed on/, /^1–\d+ of 250$/],
  },
  {
    state: 'stopped halfway, with what was found so far',
    before: installed,
    async reach({ machines, turn, visit, app: inside }, account) {
      // Its number of machines is asked for as well, and only two requests work.
      await inside.getByRole('heading', { name: /^Checks your 101 machines/ }).waitFor()
      await machines(2964)
      await turn('Breaks half-way')
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
    },
    sees: [
      /Stopped at 1,000 of 2,964 machines listed; that part is saved/,
      'Trackunit refused the request.',
      '1,000 machines are complete, 1,964 are missing.',
      'fleet-snapshot-part.csv',
      /^1–\d+ of 1,000$/,
      'Run again',
    ],
  },
  {
    state: 'stopped by a user',
    before: installed,
    async reach({ turn, visit, app: inside }, account) {
      await turn('Slow')
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
      await inside.getByRole('button', { name: 'Stop' }).click()
      await inside.getByRole('button', { name: 'Stop now' }).click()
    },
    sees: [/Fleet snapshot was stopped/, 'Run again'],
  },
  {
    state: 'waiting for the previous run',
    before: installed,
    async reach({ turn, visit }, account) {
      await turn('Slow')
      await app.start(account, 'fleet-snapshot')
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
    },
    sees: [
      /Fleet snapshot starts when the run from \d\d:\d\d ends/,
      /Only one run of this action works at a time/,
      'See that run',
    ],
  },
  {
    state: 'before stopping a run, which cannot be undone',
    before: installed,
    async reach({ turn, visit, app: inside }, account) {
      await turn('Slow')
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
      await inside.getByRole('button', { name: 'Stop' }).click()
    },
    sees: ['Stop fleet snapshot?', 'Keep running', 'Stop now'],
  },
  {
    state: 'a download that the frame blocks',
    before: installed,
    at: { downloads: 'blocked' },
    async reach({ machines, visit, app: inside }, account) {
      await machines(1)
      await visit(`/runs/${await app.start(account, 'fleet-snapshot')}`)
      await inside.getByRole('button', { name: /Download CSV/ }).click()
    },
    sees: ['Copy link', /The link works for \d+ more seconds, only for this file\./],
  },
  {
    state: 'loading',
    before: installed,
    async reach(manager) {
      await manager.page.route(/\/trpc\/installation\.get/, () => {}) // Never answered.
      await again(manager)
    },
    sees: ['Loading'],
  },
]

async function look(manager: Manager, sees: State['sees']) {
  for (const words of sees) await manager.app.getByText(words).first().waitFor()
  expect(await barriers(manager)).toEqual([])
}

describe.skipIf(missingBrowser && !process.env.CI)('each state of the app', () => {
  let manager: Manager | undefined
  let settings: object
  beforeAll(async () => {
    app = await startApp({ fleetSize: 101 })
    settings = await app.stack.control<object>('settings')
  })
  // Before each state and not after it, so that a state that fails cannot leave a fault to the next ones.
  beforeEach(async () => {
    await app.stack.control('faults', {}, 'PUT')
    await app.stack.control('settings', settings, 'PUT')
    await app.stack.control('clock', { now: null }, 'PUT')
    await app.isUp()
  })
  afterEach(async () => {
    const closing = manager?.close()
    manager = undefined
    await closing
  })
  afterAll(() => app?.[Symbol.asyncDispose]())

  test.for(states)('$state', async ({ before, at, special, reach, sees, leave }) => {
    const account = randomUUID()
    await before?.(account)
    manager = await app.open({ account, ...at }, special)
    await reach?.(manager, account)

    await look(manager, sees)
    await leave?.(manager, account)
    expect(manager.wrong).toEqual([])
  })
})
