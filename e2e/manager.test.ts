import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../scripts/part.ts'
import { launchBrowser, missingBrowser } from './browser.ts'
import { serveBuiltApp } from './built-app.ts'
import { accountId, install, otherAccountId, type Stack, startStack } from './stack.ts'

const fleetSize = 450

if (missingBrowser) process.stderr.write(`The browser tests are skipped: ${missingBrowser}\n`)

describe.skipIf(missingBrowser && !process.env.CI)('inside Manager', () => {
  const open: AsyncDisposable[] = []
  let stack: Stack
  let browser: Browser

  beforeAll(async () => {
    const port = await freePort()
    stack = await startStack({ appOrigin: `http://localhost:${port}`, fleetSize })
    open.push(stack)
    open.push(await serveBuiltApp({ port, server: stack.server, manager: stack.simulator }))
    browser = await launchBrowser()
    await install(stack, accountId)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    for (const each of open.toReversed()) await each[Symbol.asyncDispose]()
  })

  /** The Manager, and what is wrong on it: messages of the console and requests with a token in their address. */
  async function openManager(path = '/'): Promise<{ page: Page; app: FrameLocator; wrong: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true })
    const page = await context.newPage()
    const wrong: string[] = []
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on(
      'request',
      (request) =>
        /eyJ[\w-]+\.[\w-]+\.|sk_standin_/.test(request.url()) &&
        !request.url().includes('/artifacts/') &&
        wrong.push('a token stands in an address'),
    )
    await page.goto(`${stack.simulator}${path}`)
    return { page, app: page.frameLocator('#app'), wrong }
  }

  test('an administrator starts the snapshot, watches it and downloads its file', async () => {
    await stack.control('settings', { apiLatencyMs: 300 }, 'PUT')
    const { page, app, wrong } = await openManager()
    await app.getByText('Standin is working.').waitFor()

    await app.getByRole('button', { name: /start/i }).click()
    const bar = app.getByRole('progressbar')
    await bar.waitFor()
    await app.locator('[role=progressbar][aria-valuetext*="of 450"]').waitFor({ timeout: 10_000 })
    await app.getByRole('paragraph').filter({ hasText: '450 machines listed on' }).waitFor({ timeout: 20_000 })

    const downloading = page.waitForEvent('download')
    await app
      .getByRole('button', { name: /download/i })
      .or(app.getByRole('link', { name: /download/i }))
      .first()
      .click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('fleet-snapshot.csv')
    const rows = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    expect(rows).toHaveLength(1 + fleetSize)
    expect(wrong).toEqual([])
    await page.context().close()
  })

  test('the page shows which permissions were granted, has no barrier that axe finds, and keeps its token in memory', async () => {
    const { page, app, wrong } = await openManager()
    await app.getByText('See machines and their data').waitFor()

    const { violations } = await new AxeBuilder({ page }).disableRules('landmark-unique').analyze() // Manager has a `main` of its own.
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([])

    const frame = page.frames().find((each) => each.url().startsWith('http://localhost'))
    const kept = await frame?.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
    )
    expect(kept).not.toMatch(/eyJ/)
    expect(wrong).toEqual([])
    await page.context().close()
  })

  test('a person of another account sees their own account, and nothing of this one', async () => {
    const { page, app } = await openManager(`/?account=${otherAccountId}`)
    await app.getByText('We have not heard from Trackunit about this account yet.').waitFor()
    expect(await app.getByText('450 machines').count()).toBe(0)
    await page.context().close()
  })

  test('what is started while the access is new begins as soon as it works', async () => {
    await stack.control('faults', { apptoken: { status: 503 } }, 'PUT')
    await stack.control('install', { accountId: otherAccountId })
    const { page, app } = await openManager(`/?account=${otherAccountId}`)
    await app.getByText('Standin is getting ready.').first().waitFor()
    expect(await app.getByText('Not allowed').count()).toBe(0)

    await app.getByRole('button', { name: /start/i }).click()
    await app.getByText('Running now').waitFor()
    await stack.control('faults', {}, 'PUT')

    await app.getByRole('paragraph').filter({ hasText: 'machines listed on' }).waitFor({ timeout: 45_000 })
    await page.context().close()
  })
})
