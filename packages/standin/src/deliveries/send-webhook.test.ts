import type { LookupAddress } from 'node:dns'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { type Respond, startLocalServer } from '../../test/local-server.ts'
import { receiverCertificate } from '../../test/receiver-certificate.ts'
import { Secret } from '../config/secret.ts'
import { internet, type Network, sendWebhook } from './send-webhook.ts'

const secret = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
const loopback: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }]

/** A receiver at `receiver.example`, which the lookup of these tests finds on this machine. */
async function receiver(respond: Respond, change: Partial<Network> = {}) {
  const server = await startLocalServer(respond, { tls: receiverCertificate })
  const { port } = new URL(server.url)
  const ctx = { clock: createAdjustableClock(new Date()), userAgent: 'Standin/test' }
  const local = { lookUp: async () => loopback, mayReach: () => true, ca: receiverCertificate.cert }
  const network = { ...internet, ...local, ...change }
  const ownUrl = `https://receiver.example:${port}/hook?key=1`
  return {
    server,
    send: (url = ownUrl) => sendWebhook(ctx, { id: 'run-1/0', url, body: '{"type":"run.succeeded"}', secret }, network),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
const answers =
  (status: number, headers: Record<string, string> = {}): Respond =>
  (response) =>
    response.writeHead(status, headers).end('x')

test('a POST carries a Standard Webhooks signature that verifies, and the same id at each attempt', async () => {
  await using host = await receiver(answers(204))
  expect(await host.send()).toEqual({ kind: 'delivered' })
  expect(await host.send()).toEqual({ kind: 'delivered' })

  const [first, second] = host.server.requests
  expect(first).toMatchObject({
    method: 'POST',
    path: '/hook?key=1',
    headers: { 'content-type': 'application/json', 'user-agent': 'Standin/test', 'webhook-id': 'run-1/0' },
  })
  expect(second?.headers['webhook-id']).toBe('run-1/0')
  const verify = new Webhook(secret.reveal())
  const headers = first?.headers as Record<string, string>
  expect(verify.verify(first?.body ?? '', headers)).toEqual({ type: 'run.succeeded' })
  expect(() => verify.verify(`${first?.body} `, headers)).toThrow('')
})

describe('an answer', () => {
  test.for([
    { status: 200, outcome: { kind: 'delivered' } },
    { status: 301, outcome: { kind: 'refused', because: 'The host answered 301.' } },
    { status: 307, outcome: { kind: 'refused' } },
    { status: 400, outcome: { kind: 'refused' } },
    { status: 410, outcome: { kind: 'refused', isGone: true } },
    { status: 408, outcome: { kind: 'failed' } },
    { status: 429, outcome: { kind: 'failed', retryAfterMs: 120_000 } },
    { status: 500, outcome: { kind: 'failed' } },
    { status: 503, outcome: { kind: 'failed', retryAfterMs: 120_000 } },
  ])('$status: $outcome.kind, and redirects are not followed', async ({ status, outcome }) => {
    await using host = await receiver(answers(status, { location: '/elsewhere', 'retry-after': '120' }))
    expect(await host.send()).toMatchObject(outcome)
    expect(host.server.requests).toHaveLength(1)
  })

  test('that never ends is not waited for: its head is enough', async () => {
    await using host = await receiver((response) => response.writeHead(200).write('x'))
    expect(await host.send()).toEqual({ kind: 'delivered' })
  })
})

test('an answer that takes too long is not waited for; a later attempt follows', async () => {
  const timeout = new AbortController()
  await using host = await receiver(() => timeout.abort(), { timeout: () => timeout.signal })
  expect(await host.send()).toMatchObject({ kind: 'failed' })
  expect(host.server.requests).toHaveLength(1)
})

test('of an answer of 10 MB next to nothing is read', async () => {
  const closed = Promise.withResolvers<number>()
  await using host = await receiver(async (response) => {
    const piece = Buffer.alloc(64 * 1024)
    let bytes = 0
    response.on('close', () => closed.resolve(bytes))
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && bytes < 10_000_000) {
        bytes += piece.byteLength
        if (!response.write(piece)) return response.once('drain', more)
      }
      return response.end()
    }
    more()
  })
  expect(await host.send()).toEqual({ kind: 'delivered' })
  expect(await closed.promise).toBeLessThan(10_000_000)
})

describe('the server’s own network cannot be reached', () => {
  const productPolicy = { mayReach: internet.mayReach }
  const found = (...addresses: string[]): Partial<Network> => ({
    ...productPolicy,
    lookUp: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  })

  test.for([
    ['127.0.0.1'],
    ['10.0.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['fd00::1'],
    ['::ffff:127.0.0.1'],
    ['8.8.8.8', '127.0.0.1'],
    ['127.0.0.1', '8.8.8.8'],
  ])('where the name resolves to %o', async (addresses) => {
    await using host = await receiver(answers(200), found(...addresses))
    expect(await host.send()).toMatchObject({ kind: 'refused' })
    expect(host.server.requests).toHaveLength(0)
  })

  test('where the host is an address', async () => {
    await using host = await receiver(answers(200), productPolicy)
    const { port } = new URL(host.server.url)
    for (const name of ['127.0.0.1', '127.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f000001'])
      expect(await host.send(`https://${name}:${port}/`)).toMatchObject({ kind: 'refused' })
    expect(host.server.requests).toHaveLength(0)
  })

  test('where the name resolves to another address a moment later: the checked address is used', async () => {
    let looked = 0
    await using host = await receiver(answers(200), {
      lookUp: async () => (looked++ === 0 ? loopback : [{ address: '192.0.2.1', family: 4 }]),
    })
    expect(await host.send()).toEqual({ kind: 'delivered' })
    expect(looked).toBe(1)
  })
})

test('a host that is unknown, does not answer, or has no trusted certificate is tried again later', async () => {
  await using unknown = await receiver(answers(200), { lookUp: () => Promise.reject(new Error('ENOTFOUND')) })
  expect(await unknown.send()).toMatchObject({ kind: 'failed' })
  await using closed = await receiver((response) => response.destroy())
  expect(await closed.send()).toMatchObject({ kind: 'failed' })
  await using untrusted = await receiver(answers(200), { ca: undefined })
  expect(await untrusted.send()).toMatchObject({ kind: 'failed' })
  expect(untrusted.server.requests).toHaveLength(0)
})
