import { randomUUID } from 'node:crypto'
import { type AppRouter, standinLinks } from '@standin/client'
import { createTRPCClient, type TRPCClient } from '@trpc/client'
import type { Browser, BrowserContextOptions, Frame, FrameLocator, Locator, Page, Response } from 'playwright-core'
import { answers, freePort, until } from '../../scripts/part.ts'
import { launchBrowser } from '../browser.ts'
import { serveBuiltApp } from '../built-app.ts'
import { type Stack, startStack, userToken } from '../stack.ts'

export interface AppInManager extends AsyncDisposable {
  stack: Stack
  browser: Browser
  /** @param special options of a browser context of its own; the usual context is shared */
  open(address?: ManagerAddress, special?: SpecialBrowser): Promise<Manager>
  /** The API, called as an administrator of the account. */
  as(accountId: string): Promise<TRPCClient<AppRouter>>
  /** Starts an action as an administrator of the account. @returns the run's id */
  start(accountId: string, actionId: string, given?: Record<string, unknown>): Promise<string>
  /** Until a run has succeeded. */
  ended(runId: string): Promise<void>
  /** Plans the attention list for Mondays at 06:00, as an administrator. @returns the schedule's id */
  planWeeklyList(accountId: string): Promise<string>
  /** @throws Error soon if the server does not answer or the browser is gone, instead of one time-out after another */
  isUp(): Promise<void>
}

export interface SpecialBrowser extends BrowserContextOptions {
  /** The page's clock and timers are controlled by `page.clock`. */
  isClockSet?: true
}

export interface ManagerAddress {
  account?: string
  user?: 'administrator' | 'reader' | 'stranger'
  frame?: 'opaque'
  downloads?: 'blocked'
  /** The site chosen in Manager's filter bar. */
  site?: string
  language?: 'da-DK' | 'de-DE' | 'sv-SE' | 'fr-FR' | 'en-US' | 'en-GB'
}

/** What a user of the simulated Manager sees and does. */
export interface Manager {
  page: Page
  app: FrameLocator
  /** The app's own document. */
  frame(): Frame
  /** Problems that no page may have, whatever is broken: see `watch`. */
  wrong: string[]
  /** Opens an address of the app. */
  visit(path: string): Promise<void>
  /** Reloads the app's frame at its current address. */
  reload(): Promise<void>
  /** Selects in the drawer what the installation comes with, and presses one of its buttons. */
  press(button: 'Install' | 'Re-install' | 'Uninstall', comesWith?: string): Promise<void>
  /** Sets the number of machines in the drawer. */
  machines(size: number): Promise<void>
  /** Turns a switch of the drawer on or off. */
  turn(name: string, isOn?: boolean): Promise<void>
  /** Advances the page's clock until this is visible. */
  timeFliesUntil(seen: Locator): Promise<void>
  close(): Promise<void>
}

interface AppOptions extends NonNullable<Parameters<typeof startStack>[0]> {
  /** The app does not poll: what it shows came from its streams, however long that took. */
  withoutPolling?: true
}

/** A server, a simulated Trackunit, the built app, and a browser. */
export async function startApp({ withoutPolling, ...options }: AppOptions = {}): Promise<AppInManager> {
  const port = await freePort()
  const appOrigin = `http://localhost:${port}`
  // "null" is the origin of a frame without `allow-same-origin`.
  const environment = {
    ...options.environment,
    APP_ORIGINS: `${appOrigin},null`,
    USER_TOKEN_ADMIN_SCOPES: 'account.manage',
  }
  const stack = await startStack({ ...options, actions: 'reference', appOrigin, environment })
  const open: AsyncDisposable[] = [stack]
  const dispose = async () => {
    for (const each of open.toReversed()) await each[Symbol.asyncDispose]()
  }
  try {
    open.push(await serveBuiltApp({ port, server: stack.server, manager: stack.simulator }))
    const browser = await launchBrowser()
    open.push({ [Symbol.asyncDispose]: () => browser.close() })
    // Shared by default, so that files are loaded once.
    const usual = await browser.newContext(usualContext)
    const as = async (accountId: string) =>
      createTRPCClient<AppRouter>({
        links: standinLinks({ url: stack.server, bearer: () => userToken(stack, { accountId }) }),
      })
    return {
      stack,
      browser,
      async open(address = {}, special) {
        const context = special ? await browser.newContext({ ...usualContext, ...special }) : usual
        const page = await context.newPage()
        if (withoutPolling) await page.addInitScript(stopPolling)
        if (special?.isClockSet) await page.clock.install()
        const close = () => (special ? context.close() : page.close())
        return openManager({ stack, port, page, close }, address)
      },
      as,
      async start(accountId, actionId, given = {}) {
        const { run } = await as(accountId)
        const asked = { accountId, actionId, input: {}, idempotencyKey: randomUUID(), ...given }
        return (await run.start.mutate(asked)).id
      },
      async planWeeklyList(accountId) {
        const { schedule } = await as(accountId)
        const made = await schedule.create.mutate({
          accountId,
          actionId: 'attention-list',
          input: {},
          deliverTo: [],
          recurrence: 'FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0',
          timeZone: 'Europe/Copenhagen',
        })
        return made.id
      },
      ended: (runId) =>
        until('the run', async () => {
          const [row] = await stack.sql<{ state: string }[]>`select state from runs where id = ${runId}`
          return row?.state === 'succeeded'
        }),
      async isUp() {
        if (!browser.isConnected()) throw new Error('The browser has ended.')
        const isReady = () => answers(`${stack.server}/health/ready`)
        await until('a ready server', isReady).catch(async (cause: unknown) => {
          const health = await fetch(`${stack.server}/health/ready`).then(
            (response) => response.text(),
            (error: unknown) => String(error),
          )
          throw new Error(`The server is not ready: ${health}\n${stack.log.slice(-20).join('\n')}`, { cause })
        })
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Polls are at least this far apart, and nothing else in the app is. */
function stopPolling(): void {
  const { setInterval } = globalThis
  const never = 2 ** 31 - 1
  globalThis.setInterval = ((work: () => void, ms?: number) =>
    setInterval(work, ms !== undefined && ms >= 15_000 ? never : ms)) as typeof setInterval
}

const usualContext = { viewport: { width: 1680, height: 900 } }

async function openManager(
  { stack, port, page, close }: { stack: Stack; port: number; page: Page; close(): Promise<void> },
  address: ManagerAddress,
): Promise<Manager> {
  const wrong = watch(page)
  await page.goto(`${stack.simulator}/?${new URLSearchParams(address as Record<string, string>)}`)
  const app = page.frameLocator('#app')
  const frame = () => {
    const found = page.frames().find((each) => each.url().startsWith(`http://localhost:${port}/`))
    if (!found) throw new Error('the app is not in its frame')
    return found
  }
  return {
    page,
    app,
    frame,
    wrong,
    async visit(path) {
      await app.locator('main').waitFor()
      await frame().evaluate((hash) => location.assign(hash), `#${path}`)
    },
    async reload() {
      await frame().evaluate(() => {
        Object.assign(document.documentElement, { isOld: true })
        location.reload()
      })
      await frame().waitForFunction(() => document.documentElement !== null && !('isOld' in document.documentElement))
    },
    async press(button, comesWith) {
      if (comesWith) await page.getByLabel('With', { exact: true }).selectOption({ label: comesWith })
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.locator('#answer:not(:empty)').waitFor()
    },
    async machines(size) {
      const isSet = page.waitForResponse(isChange('settings'))
      await page.getByLabel('Machines', { exact: true }).selectOption(String(size))
      await isSet
    },
    async turn(name, isOn = true) {
      const button = page.getByRole('switch', { name })
      const isOfTrackunit = (await button.getAttribute('data-fault')) !== null && (await button.isChecked()) !== isOn
      const isTurned = isOfTrackunit && page.waitForResponse(isChange('faults'))
      await button.setChecked(isOn)
      await isTurned
    },
    timeFliesUntil: (seen) =>
      until('what takes its time', async () => {
        await page.clock.fastForward('00:05')
        return seen.isVisible()
      }),
    close,
  }
}

/** The answer to a change that the drawer sent: wait for it before relying on the change. */
const isChange = (path: string) => (answer: Response) =>
  answer.request().method() === 'PUT' && answer.url().endsWith(`/control/${path}`)

/**
 * Collects errors, violations of the policy, and tokens in addresses or in the console. A failed request does not count: the
 * page shows it to the user.
 */
function watch(page: Page): string[] {
  const wrong: string[] = []
  page.on('pageerror', ({ message }) => wrong.push(message))
  page.on('console', (message) => {
    const text = message.text()
    if (token.test(text)) wrong.push('a token is in the console')
    // What did not come is what some states are about.
    if (message.type() === 'error' && !/^(Failed to load resource|LoadFailed)/.test(text)) wrong.push(text)
  })
  page.on('request', (request) => {
    if (token.test(request.url()) && !request.url().includes('/artifacts/')) wrong.push('a token is in an address')
  })
  return wrong
}

const token = /eyJ[\w-]+\.[\w-]+\.|sk_standin_/
