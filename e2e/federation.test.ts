import { createReadStream, existsSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePort } from '../scripts/part.ts'
import { launchBrowser, missingBrowser } from './browser.ts'
import { buildFederatedApp } from './federation/build-federated-app.ts'
import { accountId, install, startStack } from './stack.ts'

describe.skipIf(missingBrowser && !process.env.CI)('built as a real app is built', () => {
  test('the container loads in the simulated Manager with React and Trackunit’s packages of its host, under a strict policy', async () => {
    const port = await freePort()
    await using stack = await startStack({ appOrigin: `http://localhost:${port}`, fleetSize: 3 })
    await install(stack, accountId)
    await using app = await serveFolder(await buildFederatedApp({ server: stack.server, manager: stack.simulator }), {
      port,
      policy: `default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src ${stack.server}; frame-ancestors ${stack.simulator}`,
    })
    await using browser = await launchedBrowser()

    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', (error) => wrong.push(error.message))
    await page.goto(stack.simulator)
    await page.frameLocator('#app').getByText('Standin is working.').waitFor({ timeout: 20_000 })

    // Two Reacts could not share the providers that the host brought: hooks would fail and say so.
    expect(wrong).toEqual([])
    expect(app.served.some((path) => path === '/remote/remoteEntry.js')).toBe(true)
  }, 90_000)
})

async function launchedBrowser() {
  const browser = await launchBrowser()
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.close() })
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

async function serveFolder(folder: string, { port, policy }: { port: number; policy: string }) {
  const served: string[] = []
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const file = join(folder, path)
    const found = existsSync(file) && statSync(file).isFile() ? file : join(folder, 'index.html')
    served.push(path)
    response.writeHead(200, {
      'content-type': types[extname(found)] ?? 'text/plain',
      'content-security-policy': policy,
    })
    createReadStream(found).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    served,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
