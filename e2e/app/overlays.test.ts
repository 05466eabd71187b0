import { randomUUID } from 'node:crypto'
import type { BrowserContextOptions, Frame } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { missingBrowser } from '../browser.ts'
import { install } from '../stack.ts'
import { barriers, looks } from './barriers.ts'
import { keysOf } from './keys.ts'
import { type AppInManager, type Manager, type ManagerAddress, startApp } from './manager.ts'
import { movingParts } from './moving-parts.ts'

const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' }
/** 640 px is 1280 px at 200 % zoom. */
const allLooks = [...looks, { theme: 'light', width: 640 }, { theme: 'dark', width: 360 }] as const

describe.skipIf(missingBrowser && !process.env.CI)('a dialog, with the keyboard alone,', () => {
  // The id determines the account's machines: with another id, too few may need attention for filters to appear.
  const account = '6e0c2f7a-1b5d-4d83-9a46-c0f1e7b2d935'
  let app: AppInManager
  const open: Manager[] = []
  beforeAll(async () => {
    app = await startApp({ fleetSize: 101 })
    await install(app.stack, account)
    await app.ended(await app.start(account, 'fleet-snapshot', { input: { idleHours: false } }))
  })
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
    await app.stack.control('faults', {}, 'PUT')
  })
  afterAll(() => app?.[Symbol.asyncDispose]())

  const openManager = async (address: ManagerAddress, special?: BrowserContextOptions) => {
    const manager = await app.open(address, special)
    open.push(manager)
    return { ...manager, keys: keysOf(manager.page), focusedButton: (name: string) => focused(manager, name) }
  }

  /** The dialog is accessible in every look, and returns the focus to the button that opened it. */
  async function isAccessible(manager: Manager, opener: string): Promise<void> {
    const keys = keysOf(manager.page)
    expect(await barriers(manager, allLooks)).toEqual([])
    await keys.press('Escape')
    await focused(manager, opener)
    expect(await manager.app.getByRole(anyDialog).count()).toBe(0)
  }

  test('stops a run: the harmless button has the focus, and the other one is a Tab away', async () => {
    await app.stack.control('faults', { rest: { delayMs: 60_000 }, graphql: { delayMs: 60_000 } }, 'PUT')
    const manager = await openManager({ account })
    const { app: inside, visit, keys, focusedButton } = manager
    await visit(`/runs/${await app.start(account, 'attention-list')}`)
    await inside.getByRole('progressbar').waitFor()
    await keys.tabTo('Stop')
    await keys.press('Enter')
    await focusedButton('Keep running')
    expect(await beyondTheFrame(manager)).toEqual([])
    await isAccessible(manager, 'Stop')

    await keys.press('Enter')
    await focusedButton('Keep running')
    await keys.press('Tab')
    await focusedButton('Stop now')
    await keys.press('Enter')
    await app.stack.control('faults', {}, 'PUT')
    await inside.getByRole('heading', { name: /was stopped/ }).waitFor()
    expect(manager.wrong).toEqual([])
  })

  test('chooses machines, and the form shows the choice', async () => {
    const manager = await openManager({ account })
    const { app: inside, keys, focusedButton } = manager
    await openPicker(manager)
    await inside.getByRole('dialog').getByRole('checkbox').first().waitFor()
    await isAccessible(manager, 'Add a site, type or group')

    await keys.press('Enter')
    await inside.getByRole('dialog').getByRole('checkbox').first().waitFor()
    await keys.tabTo('Find a site, type or group')
    await keys.press('Tab')
    await keys.press('Space')
    await keys.tabTo('Use this choice')
    await keys.press('Enter')
    await focusedButton('Add a site, type or group')
    await inside.getByText(/^\d+ of 101 machines match\.$/).waitFor()
    expect(manager.wrong).toEqual([])
  })

  test('decides about new access', async () => {
    const fresh = randomUUID()
    await install(app.stack, fresh)
    const manager = await openManager({ account: fresh })
    const { app: inside, press, keys, focusedButton } = manager
    await press('Re-install', 'Identity without the account, old access works on')
    await inside.getByRole('button', { name: 'Refuse it' }).waitFor()
    await keys.tabTo('Refuse it', { back: true })
    await keys.press('Enter')
    await focusedButton('Decide later')
    await isAccessible(manager, 'Refuse it')

    await keys.tabTo('Refuse it')
    await keys.press('Enter')
    await focusedButton('Decide later')
    await keys.press('Tab')
    await keys.press('Enter')
    await inside.getByRole('heading', { name: /^(Checks your .*machines|Standin is working\. Nothing)/ }).waitFor()

    await press('Re-install', 'Identity without the account, old access works on')
    await inside.getByRole('button', { name: 'Use the new access' }).waitFor()
    await keys.tabTo('Use the new access', { back: true })
    await keys.press('Enter')
    await inside.getByRole('heading', { name: /^(Checks your .*machines|Standin is working\. Nothing)/ }).waitFor()
    expect(manager.wrong).toEqual([])
  })

  test('deletes a schedule', async () => {
    const schedule = await app.planWeeklyList(account)
    const manager = await openManager({ account })
    const { app: inside, visit, keys, focusedButton } = manager
    await visit(`/schedules/${schedule}`)
    await inside.getByRole('button', { name: 'Delete' }).waitFor()
    await keys.tabTo('Delete')
    await keys.press('Enter')
    await focusedButton('Keep it')
    await isAccessible(manager, 'Delete')

    await keys.press('Enter')
    await focusedButton('Keep it')
    await keys.press('Tab')
    await keys.press('Enter')
    await inside.getByText('Runs that Standin starts automatically.').waitFor()
    const api = await app.as(account)
    expect((await api.schedule.list.query({ accountId: account })).schedules).toEqual([])
    expect(manager.wrong).toEqual([])
  })

  test('filters a result on a phone, and chooses machines from a sheet without motion', async () => {
    const run = await app.start(account, 'attention-list')
    await app.ended(run)
    const manager = await openManager({ account }, phone)
    const { app: inside, visit, keys, frame } = manager
    await visit(`/runs/${run}`)
    const filters = inside.getByRole('button', { name: /^Filters/ })
    await filters.waitFor()
    expect(await inside.getByLabel('Reason', { exact: true }).isVisible()).toBe(false)
    await keys.tabTo('Filters')
    await keys.press('Enter')
    await inside.getByRole('dialog', { name: 'Filters' }).waitFor()
    await inside.getByRole('dialog', { name: 'Filters' }).getByLabel('Reason', { exact: true }).waitFor()
    expect(await atTheBottom(frame(), '.sheet')).toEqual({ left: 0, right: 0, bottom: 0 })
    await keys.tabTo('Reason')
    await keys.press('ArrowDown')
    await expect.poll(() => frame().evaluate(() => location.hash)).toMatch(/f\.reason=/)
    await inside.getByRole('button', { name: /^Show \d+ rows?$/ }).waitFor() // How many it leaves.
    await keys.press('Escape')
    await focused(manager, 'Filters 1 filter active')
    await filters.and(inside.locator('[aria-expanded=false]')).waitFor()

    await openPicker(manager)
    const sheet = inside.getByRole('dialog')
    await sheet.getByRole('checkbox').first().waitFor()
    expect(await movingParts(frame())).toEqual([])
    expect(await atTheBottom(frame(), '.pop')).toEqual({ left: 0, right: 0, bottom: 0 })
    expect(await beyondTheFrame(manager)).toEqual([])
    await keys.press('Escape')
    await focused(manager, 'Add a site, type or group')
    expect(manager.wrong).toEqual([])
  })
})

const anyDialog = 'dialog' as const

/** Opens the machine picker in the form of an action. */
async function openPicker({ page, app: inside, visit }: Manager): Promise<void> {
  const keys = keysOf(page)
  await visit('/actions/attention-list')
  await inside.getByLabel('Saved choice').waitFor()
  await keys.tabTo('Saved choice')
  await keys.press('End')
  await keys.tabTo('Add a site, type or group')
  await keys.press('Enter')
}

async function focused({ app: inside }: Manager, name: string): Promise<void> {
  await inside.getByRole('button', { name, exact: true }).and(inside.locator(':focus')).waitFor()
}

/** Dialogs that reach beyond the visible part of the page. */
async function beyondTheFrame({ frame }: Manager): Promise<string[]> {
  return frame().evaluate(() =>
    [...document.querySelectorAll('[role=dialog], [role=alertdialog]')]
      .map((element) => element.getBoundingClientRect())
      .filter(({ left, top, right, bottom }) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight)
      .map(({ left, top, right, bottom }) => `${left},${top} to ${right},${bottom} of ${innerWidth}×${innerHeight}`),
  )
}

/** How far a sheet is from the frame's edges. */
const atTheBottom = (frame: Frame, sheet: string) =>
  frame.evaluate((selector) => {
    const { left, right, bottom } = document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect()
    return { left, right: innerWidth - right, bottom: innerHeight - bottom }
  }, sheet)
