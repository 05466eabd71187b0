import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSimulator, type SimulatorOptions } from '../create-simulator.ts'

export const nordvang = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

export const manifest = {
  specVersion: '1.1',
  moduleFederationName: '@acme/night-shift',
  scopes: [
    { scope: 'asset.view', optional: false },
    { scope: 'account.event.manage', optional: true },
  ],
  tokenCallback: { url: 'https://app.example.com/callback' },
  cspHeader: { 'connect-src': ['https://app.example.com'], sandbox: ['allow-downloads'] },
  marketplace: { name: { key: 'Night shift' } },
  extensions: [{ id: 'home', type: 'FLEET_EXTENSION', menuItem: { name: 'Night <shift>', icon: 'Moon' } }],
}

export type ReceivedCallback = { headers: IncomingMessage['headers']; body: string }

/** An app's server that accepts every callback. */
export async function startAppServer() {
  const received: ReceivedCallback[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ headers: request.headers, body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"accepted"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/callback`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A simulator on a free port, and the ways in which an app talks to it. */
export async function startSimulator(options: Partial<SimulatorOptions> = {}) {
  const simulator = await createSimulator({
    port: 0,
    callbackUrl: 'http://127.0.0.1:9/callback',
    appUrl: 'http://localhost:4200/',
    fleetSize: 250,
    seed: 'tests',
    manifest,
    ...options,
  })
  const { url } = await simulator.listen()

  function send(method: string, path: string, { body, headers = {} }: { body?: string; headers?: object } = {}) {
    return fetch(url + path, {
      method,
      headers: { 'user-agent': 'night-shift/1.4.0', ...headers },
      ...(body === undefined ? {} : { body }),
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is compared, not relied on
  async function control(method: string, path: string, body?: object): Promise<any> {
    const answer = await send(method, `/control/${path}`, {
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return answer.status === 204 ? undefined : answer.json()
  }

  function askToken(form: Record<string, string>) {
    return send('POST', '/apptoken', {
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  }

  return {
    url,
    send,
    control,
    askToken,
    brokenRules: async () =>
      (await control('GET', 'requests')).violations.map((violation: { rule: string }) => violation.rule),

    /** Installs without a callback, and requests a token. */
    async tokenFor(accountId: string, scope = 'asset.view'): Promise<string> {
      const client = { clientId: '0oaTestClient00000001', clientSecret: 'a secret' }
      await control('POST', 'install', { accountId, ...client, deliver: false })
      const answer = await askToken({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: client.clientSecret,
        scope,
      })
      return ((await answer.json()) as { access_token: string }).access_token
    },

    [Symbol.asyncDispose]: () => simulator.close(),
  }
}
