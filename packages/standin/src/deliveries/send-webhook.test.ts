import type { LookupAddress } from 'node:dns'
import type { Socket } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { type Respond, startLocalServer } from '../../test/local-server.ts'
import { startRawReceiver } from '../../test/raw-receiver.ts'
import { receiverCertificate } from '../../test/receiver-certificate.ts'
import { Secret } from '../config/secret.ts'
import { internet, type Network, sendWebhook } from './send-webhook.ts'

const secret = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
const loopback: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }]

const ctx = { clock: createAdjustableClock(new Date()), userAgent: 'Standin/test' }

/** A receiver at `receiver.example`, a name that resolves to this machine in these tests. */
async function receiver(respond: Respond, change: Partial<Network> = {}) {
  const server = await startLocalServer(respond, { tls: receiverCertificate })
  const { port } = new URL(server.url)
  const local = { lookUp: async () => loopback, mayReach: () => true, ca: receiverCertificate.cert }
  const network = { ...internet, ...local, ...change }
  const ownUrl = `https://receiver.example:${port}/hook?key=1`
  return {
    server,
    send: (url = ownUrl) => {
      const message = { id: 'run-1/0', url, body: '{"type":"run.succeeded"}', secret }
      return sendWebhook(ctx, message, { network, signal: new AbortController().signal })
    },
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

  test('that never ends is not awaited: its head is enough', async () => {
    await using host = await receiver((response) => response.writeHead(200).write('x'))
    expect(await host.send()).toEqual({ kind: 'delivered' })
  })
})

describe('invariant 25: a send ends, whatever the receiver does', () => {
  const noAnswer = { kind: 'failed', because: 'The host did not answer over a trusted connection.' }

  /** Sends to a receiver; `outOfTime` ends the time that the send has. */
  async function sendTo(
    onConnection: (socket: Socket, outOfTime: () => void) => unknown,
    { tls = true }: { tls?: boolean } = {},
  ) {
    const time = new AbortController()
    await using host = await startRawReceiver((socket) => onConnection(socket, () => time.abort()), { tls })
    const network = { ...internet, lookUp: async () => loopback, mayReach: () => true, ca: receiverCertificate.cert }
    const message = { id: 'run-1/0', url: `https://receiver.example:${host.port}/`, body: '{}', secret }
    const outcome = await sendWebhook(ctx, message, { network, signal: time.signal })
    await host.closed // No connection stays behind.
    return outcome
  }
  const answered = (answer: string) => (socket: Socket) => socket.once('data', () => socket.write(answer))

  test('a switch to another protocol is refused like any other wrong answer', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    for (const answer of [head, `${head}and more`, 'HTTP/1.1 101 Switching Protocols\r\n\r\n'])
      expect(await sendTo(answered(answer))).toEqual({ kind: 'refused', because: 'The host answered 101.' })
  })

  test('a flood of interim answers is cut off', async () => {
    const flood = (socket: Socket) => {
      const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(100)
      const more = () => !socket.destroyed && socket.write(hints, more)
      socket.once('data', more)
    }
    expect(await sendTo(flood)).toEqual(noAnswer)
    expect(
      await sendTo(answered(`${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(3)}HTTP/1.1 204 No Content\r\n\r\n`)),
    ).toEqual({
      kind: 'delivered',
    })
  })

  test('a head that never ends is cut off', async () => {
    const endless = (socket: Socket) => {
      const more = () => !socket.destroyed && socket.write(`x: ${'y'.repeat(1_000)}\r\n`, more)
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n', more))
    }
    expect(await sendTo(endless)).toEqual(noAnswer)
  })

  test('a body that trickles in or never ends is not awaited', async () => {
    for (const head of ['content-length: 1000000', 'transfer-encoding: chunked', 'connection: close'])
      expect(await sendTo(answered(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`))).toEqual({ kind: 'delivered' })
  })

  test.for<{ when: string; tls?: boolean; end: (socket: Socket) => unknown }>([
    { when: 'before its answer', end: (socket) => socket.once('data', () => socket.end()) },
    { when: 'in the head of its answer', end: (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 O')) },
    { when: 'with what is not HTTP', end: (socket) => socket.once('data', () => socket.end('220 mail ESMTP\r\n')) },
    { when: 'before the request', end: (socket) => socket.destroy() },
    { when: 'by a reset', tls: false, end: (socket) => socket.once('data', () => socket.resetAndDestroy()) },
  ])('a connection that ends $when is no answer', async ({ end, tls = true }) => {
    expect(await sendTo(end, { tls })).toEqual(noAnswer)
  })

  test('silence ends with the time for a send', async () => {
    expect(await sendTo((socket, outOfTime) => socket.once('data', outOfTime))).toEqual(noAnswer)
  })

  test('a head that trickles in ends with the time for a send', async () => {
    const drip = (socket: Socket, outOfTime: () => void) =>
      socket.once('data', () => socket.write('HTTP/1.1 2', () => socket.write('00 O', outOfTime)))
    expect(await sendTo(drip)).toEqual(noAnswer)
  })

  test('a TLS handshake that stalls ends with the time for a send', async () => {
    const stalls = (socket: Socket, outOfTime: () => void) => socket.once('data', outOfTime)
    expect(await sendTo(stalls, { tls: false })).toEqual(noAnswer)
  })
})

test('an answer of 10 MB is hardly read', async () => {
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

  test('if the host is an IP address', async () => {
    await using host = await receiver(answers(200), productPolicy)
    const { port } = new URL(host.server.url)
    for (const name of ['127.0.0.1', '127.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f000001'])
      expect(await host.send(`https://${name}:${port}/`)).toMatchObject({ kind: 'refused' })
    expect(host.server.requests).toHaveLength(0)
  })

  test('if the name resolves to another address a moment later: the checked address is used', async () => {
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
