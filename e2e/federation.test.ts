import { rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { freePort } from '../scripts/part.ts'
import { launchBrowser, missingBrowser } from './browser.ts'
import { buildFederatedApp } from './federation/build-federated-app.ts'
import { serveFolder } from './serve-folder.ts'
import { accountId, install, startStack } from './stack.ts'

describe.skipIf(missingBrowser && !process.env.CI)('built like a real app', () => {
  test('the container loads in the simulated Manager with its host’s React and Trackunit packages, under a strict policy', async () => {
    const port = await freePort()
    await using stack = await startStack({ appOrigin: `http://localhost:${port}`, fleetSize: 3 })
    await install(stack, accountId)
    const folder = await buildFederatedApp({ server: stack.server, manager: stack.simulator })
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
    await using app = await serveFolder(folder, {
      port,
      policy: `default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src ${stack.server}; frame-ancestors ${stack.simulator}`,
    })
    await using browser = await launchedBrowser()

    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', (error) => wrong.push(error.message))
    await page.goto(stack.simulator)
    const shown = page.frameLocator('#app')
    await shown.getByText('Check my fleet now').waitFor()
    for (const tab of ['Actions', 'Schedules', 'Activity', 'Overview']) {
      await shown.getByRole('navigation').getByRole('link', { name: tab }).click()
      await shown.getByRole('heading', { level: 1 }).waitFor()
      expect(await shown.locator('body').textContent(), tab).not.toMatch(/standin/i)
      expect(await shown.locator('html').evaluate(() => document.title)).toMatch(/Roster$/)
    }
    const ofLink = await shown.locator('nav a[aria-current]').evaluate((link) => getComputedStyle(link).boxShadow)
    expect(ofLink).toContain('rgb(122, 31, 162)')

    // With a second React, hooks would not find the host's providers and would fail.
    expect(wrong).toEqual([])
    expect(app.served.some((path) => path === '/remote/remoteEntry.js')).toBe(true)
  })
})

async function launchedBrowser() {
  const browser = await launchBrowser()
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() })
}
