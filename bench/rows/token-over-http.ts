import { accountId, type BenchStack } from '../bench-stack.ts'
import type { Comparison, Contestant } from '../compare.ts'
import { type HttpLoad, httpRate } from '../http-rate.ts'

/** A token over HTTP, its key checked and its entry in the audit durable, against servers that do nothing. */
export function tokenOverHttp({ servers: [server], serviceKey, reference }: BenchStack): Comparison[] {
  const headers = { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' }
  const pid = server?.part.pid ?? 0
  const ask = { accountId, scopes: ['asset.view'] }
  const batch = 50

  const emptyQuery = contestant('an empty query of the stock tRPC plugin', {
    url: `${reference.url}/trpc/ping`,
    pid: reference.pid,
  })
  return [
    {
      id: 'trpc-token-issue',
      name: 'token.issue over tRPC: key checked, audit entry durable',
      unit: 'tokens/s',
      goal: 1.6,
      stretch: 2,
      better: 'more',
      subject: contestant('token.issue', {
        url: `${server?.url}/trpc/token.issue`,
        method: 'POST',
        headers,
        body: JSON.stringify(ask),
        pid,
      }),
      reference: emptyQuery,
    },
    {
      id: 'rest-token',
      name: 'POST /v1/token, the same work',
      unit: 'tokens/s',
      goal: 2.5,
      stretch: 4,
      better: 'more',
      subject: contestant('POST /v1/token', {
        url: `${server?.url}/v1/token`,
        method: 'POST',
        headers,
        body: JSON.stringify(ask),
        pid,
      }),
      reference: emptyQuery,
    },
    {
      id: 'rest-token-against-bare-route',
      name: 'POST /v1/token against a bare Fastify route',
      unit: 'tokens/s',
      goal: 0.55,
      stretch: 0.8,
      better: 'more',
      subject: contestant('POST /v1/token', {
        url: `${server?.url}/v1/token`,
        method: 'POST',
        headers,
        body: JSON.stringify(ask),
        pid,
      }),
      reference: contestant('a bare Fastify route', {
        url: `${reference.url}/bare`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ask),
        pid: reference.pid,
      }),
    },
    {
      id: 'trpc-token-batch',
      name: `token.issue in batches of ${batch}`,
      unit: 'tokens/s',
      goal: 45_000,
      stretch: 100_000,
      better: 'more',
      subject: contestant('a batch', {
        url: `${server?.url}/trpc/${Array(batch).fill('token.issue').join(',')}?batch=1`,
        method: 'POST',
        headers,
        body: JSON.stringify(Object.fromEntries(Array.from({ length: batch }, (_, index) => [index, ask]))),
        pid,
        perRequest: batch,
      }),
    },
  ]
}

function contestant(name: string, load: HttpLoad): Contestant {
  return { name, warmUp: async () => void (await httpRate({ ...load, durationS: 2 })), measure: () => httpRate(load) }
}
