import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { barriersNow } from './app/barriers.ts'
import { launchBrowser, missingBrowser } from './browser.ts'
import { startSimulatedTrackunit } from './simulated-trackunit.ts'
import { accountId } from './stack.ts'

describe.skipIf(missingBrowser)('the simulator’s own pages', () => {
  /** An app's server that takes every callback. */
  const server = createServer((_request, response) => response.end('{"status":"accepted"}'))
  let simulator: Awaited<ReturnType<typeof startSimulatedTrackunit>>
  let browser: Awaited<ReturnType<typeof launchBrowser>>
  let page: Page
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    simulator = await startSimulatedTrackunit({ server: `http://127.0.0.1:${port}`, fleetSize: 20 })
    browser = await launchBrowser()
    page = await browser.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await simulator.close()
    server.close()
  })

  const control = async (path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' }
    const init = body && { method: 'POST', headers, body: JSON.stringify(body) }
    return (await fetch(`${simulator.url}/control/${path}`, init)).json()
  }
  const account = async () =>
    (await control('accounts')).accounts.find((each: { accountId: string }) => each.accountId === accountId)

  test('the marketplace installs the app with the permissions that are left, and uninstalls it', async () => {
    await page.goto(`${simulator.url}/marketplace`)
    const offer = page.getByRole('article')
    await offer.getByLabel('account.event.manage').uncheck()
    await offer.getByRole('button', { name: 'Install' }).click()
    await offer.getByText('The server answered 200 accepted').waitFor()
    expect(await offer.getByLabel('account.event.manage').isChecked()).toBe(false)
    const { isInstalled, grantedScopes } = await account()
    expect([isInstalled, grantedScopes.includes('asset.view')]).toEqual([true, true])
    expect(grantedScopes).not.toContain('account.event.manage')
    expect(await barriersNow(page.mainFrame())).toEqual([])

    await offer.getByRole('button', { name: 'Uninstall' }).click()
    await offer.getByText('Not installed').waitFor()
    expect(await account()).toMatchObject({ isInstalled: false })
  })

  test('a request opens to its account, its query and the answer with its errors, and is found by words', async () => {
    const client = { clientId: '0oaTestClient00000001', clientSecret: 'a secret' }
    await control('install', { accountId, ...client, deliver: false })
    const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret }
    const agent = { 'user-agent': 'roster/1.0' }
    const signIn = { method: 'POST', headers: agent, body: new URLSearchParams({ ...form, scope: 'asset.view' }) }
    const { access_token } = (await (await fetch(`${simulator.url}/apptoken`, signIn)).json()) as {
      access_token: string
    }
    await fetch(`${simulator.url}/api/graphql/`, {
      method: 'POST',
      body: JSON.stringify({ query: 'query Fleet {\n  assets(first: 2) { edges { node { colour } } }\n}' }),
      headers: { ...agent, authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    })

    await page.goto(`${simulator.url}/requests`)
    await page.getByLabel('Filter requests').fill('fleet colour')
    await page.getByText(/^1 of \d+ shown$/).waitFor()
    await page.getByRole('button', { name: /query Fleet assets.*Cannot query field "colour"/ }).click()
    const exchange = page.locator('.exchange')
    await exchange.getByText('"message": "Cannot query field').waitFor()
    const text = await exchange.textContent()
    expect(text).toContain(accountId)
    expect(text).toContain('query Fleet {\n  assets(first: 2)')
    expect(text).toContain('authorization: Bearer •••')
    expect(await barriersNow(page.mainFrame())).toEqual([])

    await page.getByLabel('Filter requests').fill('')
    await page.getByLabel('Kind of request').selectOption('apptoken')
    await page.getByText(/^1 of \d+ shown$/).waitFor()
    expect(await page.locator('.log').textContent()).not.toContain('a secret')
  })

  test('the drawer moves time, and says how far', async () => {
    await page.getByRole('button', { name: '+1 week' }).click()
    await page.getByText('7 days ahead').waitFor()
    expect((await control('clock')).offsetMs).toBeGreaterThan(6.9 * 86_400_000)
  })
})
