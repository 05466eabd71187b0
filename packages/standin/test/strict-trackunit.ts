import { createSimulator } from '@standin/trackunit-simulator'
import { Secret } from '../src/config/secret.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
const clientSecret = 'a secret'
const clientId = '0oaTestClient00000001'

/** The strict simulator with one account that has installed the app, and a token of it. */
interface Report {
  counts: Record<string, number>
  violationCount: number
  violations: Array<{ rule: string }>
}

export type StrictTrackunit = Awaited<ReturnType<typeof startStrictTrackunit>>

export async function startStrictTrackunit({ fleetSize = 150 } = {}) {
  const simulator = await createSimulator({
    port: 0,
    fleetSize,
    seed: 'limits',
    appUrl: 'http://localhost:4200/',
    callbackUrl: 'http://127.0.0.1:9/',
    manifest: {
      specVersion: '1.1',
      moduleFederationName: '@acme/night-shift',
      scopes: [{ scope: 'asset.view', optional: false }],
      tokenCallback: { url: 'https://app.example.com/callback' },
      cspHeader: {},
      marketplace: { name: { key: 'Night shift' } },
      extensions: [],
    },
  })
  const { url } = await simulator.listen()
  const control = async (path: string, method: string, body?: object) => {
    const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return (await fetch(`${url}/control/${path}`, { method, ...init })).json()
  }
  /** Lets an account install the app. @returns what asks for its token, which is valid for longer than any test */
  async function install(accountId: string, clientId: string) {
    await control('install', 'POST', { accountId, clientId, clientSecret, deliver: false })
    const form = { grant_type: 'client_credentials', scope: 'asset.view', client_id: clientId }
    const answer = await fetch(`${url}/apptoken`, {
      method: 'POST',
      headers: { 'user-agent': 'standin-test/1.0' },
      body: new URLSearchParams({ ...form, client_secret: clientSecret }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    return async () => ({ accessToken: new Secret(token), fingerprint: 'f', leftMs: 3_600_000 })
  }
  await control('settings', 'PUT', { tokenLifetimeS: 10 * 365 * 86_400 })
  return {
    accountId,
    /** The settings that lead to it. */
    environment: { TRACKUNIT_API_URL: url, TRACKUNIT_TOKEN_URL: `${url}/apptoken` },
    token: await install(accountId, clientId),
    /** What the account sent. */
    installed: { clientId, clientSecret, grantedScopes: ['asset.view'] },
    install,
    settings: (settings: object) => control('settings', 'PUT', settings),
    faults: (faults: object) => control('faults', 'PUT', faults),
    /** Moves its time, which runs on from there. */
    setTime: (at: Date) => control('clock', 'PUT', { now: at.toISOString() }),
    requests: () => control('requests', 'GET') as Promise<Report>,
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}
