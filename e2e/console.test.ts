import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../scripts/part.ts'
import { barriersNow } from './app/barriers.ts'
import { launchBrowser, missingBrowser } from './browser.ts'
import { accountId, install, otherAccountId, type Stack, startStack } from './stack.ts'

let stack: Stack
let browser: Browser
const heldAccount = '0f1c2b3a-4d5e-4f60-8a7b-9c8d7e6f5a4b'

beforeAll(async () => {
  if (missingBrowser) return
  stack = await startStack({ environment: { METRICS_PORT: String(await freePort()) } })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await stack?.[Symbol.asyncDispose]()
})

/** Follows the link that the command prints. */
async function openConsole(
  context: BrowserContext,
  ...options: string[]
): Promise<{ page: Page; link: string; said: string[] }> {
  const link = (await stack.operator('console', '--no-open', ...options)).trim()
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', (message) => void (message.type() === 'error' && said.push(message.text())))
  page.on('pageerror', (error) => void said.push(error.message))
  await page.goto(link)
  await page.waitForURL(/\/console$/)
  return { page, link, said }
}

/** Waits until the page has refreshed. */
async function renewed(page: Page): Promise<void> {
  const asOf = () => document.getElementById('as-of')?.textContent
  const before = await page.evaluate(asOf)
  await expect.poll(() => page.evaluate(asOf)).not.toBe(before)
}

test.skipIf(missingBrowser)('an operator finds what waits, decides by keyboard, and loses no place', async () => {
  await install(stack, accountId)
  await stack.control('install', { accountId, keepOldClient: true, identity: { claims: { accountId: null } } })
  await stack.control('install', { accountId: heldAccount, identity: { claims: { aud: '@acme/other' } } })
  const key = (
    await stack.operator('keys', 'create', '--service', 'reports', '--account', 'all', '--scopes', 'asset.view')
  ).trim()
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  await fetch(`${stack.server}/v1/token`, { method: 'POST', headers, body: JSON.stringify({ accountId }) })

  const context = await browser.newContext()
  const { page, link, said } = await openConsole(context, '--write')
  expect(await page.evaluate(() => location.href)).not.toContain('#')
  expect((await fetch(`${stack.server}/console`)).status).toBe(404) // Never on the public port.

  // 1. Every page is readable for everyone, wide and narrow, and the content policy stops nothing of it.
  const pages = ['', '/accounts', `/accounts/${accountId}`, '/callbacks', '/services'].map((path) => `/console${path}`)
  for (const path of pages) {
    await page.goto(new URL(path, link).href)
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }) // In a transition, colours are wrong.
      await page.setViewportSize({ width, height: 900 })
      expect(await barriersNow(page.mainFrame()), `${path} ${colorScheme} ${width}`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0)
    }
    await page.setViewportSize({ width: 820, height: 900 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0)
    expect(await page.content()).not.toContain(key.slice(24, 60))
  }
  await page.goto(new URL('/console', link).href)
  await page.getByText('1 callback is held').waitFor()
  await page.getByText('1 account awaits approval').waitFor()

  // 2. What was typed and ticked is still there when the page has refreshed, with what is new.
  await page.goto(new URL('/console/accounts?state=awaiting-approval', link).href)
  await page.getByRole('checkbox', { name: `Select ${accountId}` }).press('Space')
  await page.keyboard.press('/')
  await page.keyboard.type('abc')
  await install(stack, otherAccountId)
  await renewed(page)
  const search = page.getByRole('searchbox')
  expect(await search.inputValue()).toBe('abc')
  expect(await search.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await page.getByRole('checkbox', { name: `Select ${accountId}` }).isChecked()).toBe(true)
  await page.getByRole('link', { name: /^2 active/ }).waitFor()

  // 3. The decision has to be confirmed, and is made.
  await page.getByRole('button', { name: 'Approve' }).press('Enter')
  await page.getByText(`standin installations approve ${accountId} 2`).waitFor()
  await page.getByRole('button', { name: 'Approve' }).press('Enter')
  await page.getByText('Approve: 1 done').waitFor()
  expect(await stack.sql`select actor_kind, actor_id from audit_entries where event = 'credentials.approved'`).toEqual([
    { actor_kind: 'operator', actor_id: 'console' },
  ])
  expect(said).toEqual([])

  // 4. Another session only reads; a link works once; after signing out, the session is over.
  const other = await browser.newContext()
  const reader = await openConsole(other)
  await reader.page.goto(new URL('/console/callbacks', link).href)
  await reader.page.getByText('Read only').waitFor()
  expect(await reader.page.getByRole('button', { name: /^Release/ }).count()).toBe(0)
  await reader.page.goto(reader.link)
  await reader.page.getByText('This code does not open the console').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).press('Enter')
  await page.getByText('You are not signed in').waitFor()
})
