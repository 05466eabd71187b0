import { generateKeyPairSync } from 'node:crypto'
import { createAppAuth } from '@octokit/auth-app'
import { createFakeStandin } from '@standin/client/testing'
import type { Comparison, Contestant } from '../compare.ts'
import { inProcessRate } from '../in-process-rate.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

/** A token that is in memory already, awaited: ours against the closest peer's. */
export function cachedToken(): Comparison[] {
  return [
    {
      id: 'client-cached-token',
      name: 'packages/client: a cached token, awaited',
      unit: 'calls/s',
      goal: 6,
      stretch: 10,
      better: 'more',
      subject: ours('@standin/client', ['asset.view']),
      reference: octokit(),
    },
    {
      id: 'client-cached-token-three-scopes',
      name: 'packages/client: a cached token for three scopes, awaited',
      unit: 'calls/s',
      goal: 3,
      better: 'more',
      subject: ours('@standin/client', ['asset.view', 'account.view', 'site.view']),
      reference: octokit(),
    },
  ]
}

function ours(name: string, scopes: readonly string[]): Contestant {
  const standin = createFakeStandin()
  standin.install(accountId, { scopes })
  const call = () => standin.client.token(accountId, { scopes })
  return { name, warmUp: async () => void (await inProcessRate(call)), measure: () => inProcessRate(call) }
}

export function octokit(): Contestant {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const answer = { token: 'ghs_1', expires_at: '2099-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' }
  const request = Object.assign(async () => ({ data: answer, headers: {} }), {
    endpoint: Object.assign(() => ({}), { merge: () => ({}) }),
  })
  const auth = createAppAuth({ appId: 1, privateKey, request: request as never })
  const call = () => auth({ type: 'installation', installationId: 123 })
  return {
    name: '@octokit/auth-app',
    warmUp: async () => void (await inProcessRate(call)),
    measure: () => inProcessRate(call),
  }
}
