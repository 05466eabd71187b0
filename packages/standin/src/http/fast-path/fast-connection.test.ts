import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  type Asked,
  as,
  asks,
  broken,
  limited,
  ours,
  rest,
  startFastServer,
  trpc,
} from '../../../test/fast-server-rig.ts'
import { drainHttp } from '../drain-http.ts'

let running: Awaited<ReturnType<typeof startFastServer>>
beforeAll(async () => {
  running = await startFastServer()
})
afterAll(() => running.close())

const bytesOf = ({ url, headers, body }: Asked): Buffer => {
  const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([
    Buffer.from(`POST ${url} HTTP/1.1\r\n${lines.join('')}\r\n`),
    typeof body === 'string' ? Buffer.from(body) : body,
  ])
}
const token = bytesOf(rest(asks))
const statusesOf = (answers: ReadonlyArray<{ head: string }>) => answers.map(({ head }) => head.slice(9, 12))

/** A connection on which what was sent can be cut anywhere. */
async function open({ port } = running) {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const received: Buffer[] = []
  const more = new EventTarget()
  let isClosed = false
  socket.on('data', (bytes: Buffer) => {
    received.push(bytes)
    more.dispatchEvent(new Event('change'))
  })
  socket.on('close', () => {
    isClosed = true
    more.dispatchEvent(new Event('change'))
  })
  /** Whole answers so far. */
  const answers = (): Array<{ head: string; body: string }> => {
    const found = []
    let rest = Buffer.concat(received).toString('latin1')
    for (;;) {
      const [head = ''] = rest.split('\r\n\r\n', 1)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
      const end = head.length + 4 + length
      if (!(rest.length >= end)) return found
      found.push({ head, body: rest.slice(head.length + 4, end) })
      rest = rest.slice(end)
    }
  }
  return {
    answers,
    send: async (...pieces: Buffer[]) => {
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise((resolve) => setTimeout(resolve, 2)) // Else two of them may arrive as one.
      }
    },
    async answered(count: number) {
      while (answers().length < count && !isClosed) await once(more as never, 'change')
      return answers()
    },
    async closed() {
      while (!isClosed) await once(more as never, 'change')
      return answers()
    },
  }
}
/** One that has asked for a token: the same head means the same from now on. */
async function openKnown() {
  const connection = await open()
  await connection.send(token)
  await connection.answered(1)
  Object.assign(running.seen, { viaNode: 0, viaFastify: 0, issued: 0 })
  return connection
}

test('a request whose head came before on its connection is not parsed again, and its answer looks the same', async () => {
  const connection = await openKnown()
  await connection.send(token, token)
  const [first, ...repeated] = await connection.answered(3)
  const known = ({ head }: { head: string }) =>
    head
      .toLowerCase()
      .replace(/\r\ndate: .*/, '')
      .split('\r\n')
      .sort()

  expect(running.seen).toEqual({ viaNode: 0, viaFastify: 0, issued: 2 })
  for (const answer of repeated) expect(known(answer)).toEqual(known(first ?? answer))
})

test('head and body may arrive apart, as some clients send them', async () => {
  const connection = await openKnown()
  const bodyAt = token.indexOf('\r\n\r\n') + 4
  await connection.send(token.subarray(0, bodyAt), token.subarray(bodyAt), token.subarray(0, -5), token.subarray(-5))

  expect(await connection.answered(3)).toHaveLength(3)
  expect(running.seen).toEqual({ viaNode: 0, viaFastify: 0, issued: 2 })
})

test('a head of the same length with another key is another caller', async () => {
  const connection = await openKnown()
  await connection.send(Buffer.from(token.toString().replace(/Bearer .*/, limited)))
  expect((await connection.answered(2))[1]?.head).toContain(' 429 ')
})

test('what arrives before the answer is answered after it', async () => {
  const connection = await openKnown()
  const [release] = running.holdTokens(1)
  await connection.send(token, bytesOf(rest(asks, {}, '/nowhere')), token)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(connection.answers()).toHaveLength(1)
  release?.()

  expect(statusesOf(await connection.answered(4))).toEqual(['200', '200', '404', '200'])
})

test('several requests in one piece are all answered', async () => {
  const known = await openKnown()
  await known.send(Buffer.concat([token, token]))
  expect(await known.answered(3)).toHaveLength(3)
})

test('what Node was given before is answered before, also if it takes longer', async () => {
  const connection = await open()
  const [first, second] = running.holdTokens(2)
  await connection.send(token, bytesOf(trpc('token.issue', asks)))
  first?.()
  await connection.answered(1)
  await connection.send(token)
  await new Promise((resolve) => setTimeout(resolve, 20))
  second?.()

  const answers = await connection.answered(3)
  expect(answers.map(({ body }) => body.startsWith('{"result"'))).toEqual([false, true, false])
})

/** A request that gets no token, with a text as its body. */
const innocent = (...text: Buffer[]) => bytesOf(rest(Buffer.concat(text), { 'content-type': 'text/plain' }, '/nowhere'))

test('a body that looks like a request is none', async () => {
  const connection = await openKnown()
  const lookalike = innocent(Buffer.from('a'), token, Buffer.from('z'))
  const at = lookalike.length - 1 - token.length
  await connection.send(lookalike.subarray(0, at), lookalike.subarray(at, -1), lookalike.subarray(-1), token)

  expect(statusesOf(await connection.answered(3))).toEqual(['200', '404', '200'])
  expect(running.seen.issued).toBe(1)
})

/** The begin of a head in which a request can stand as the rest: its first line as a value, its headers, its body. */
const beginOfHead = Buffer.from('POST /nowhere HTTP/1.1\r\nx-a: ')

test('a head that has a request in it is one of another request, where its begin came with the request before', async () => {
  const connection = await open()
  await connection.send(Buffer.concat([token, beginOfHead]))
  await connection.answered(1)
  await connection.send(token)

  expect(statusesOf(await connection.answered(2))).toEqual(['200', '404'])
})

test('the same where it repeats the end of the request before as well', async () => {
  const connection = await open()
  const filler = Buffer.alloc(beginOfHead.length, 'x')
  await connection.send(innocent(filler).subarray(0, -filler.length))
  await connection.send(Buffer.concat([filler, token, beginOfHead]))
  await connection.answered(2)
  await connection.send(Buffer.concat([filler, token]))

  expect(statusesOf(await connection.answered(3))).toEqual(['404', '200', '404'])
})

test('invariant 26: a request that Node does not know of is answered before its server is closed', async () => {
  const own = await startFastServer()
  onTestFinished(() => own.close())
  const [asking, idle] = [await open(own), await open(own)]
  for (const connection of [asking, idle]) {
    await connection.send(token)
    await connection.answered(1)
  }
  const [release] = own.holdTokens(1)
  await asking.send(token)
  const drained = drainHttp(own.server, { delayMs: 100, withinMs: 10_000 })
  const last = idle.send(token)
  await new Promise((resolve) => setTimeout(resolve, 150))
  release?.()
  await last

  expect(statusesOf(await asking.closed())).toEqual(['200', '200'])
  expect((await idle.closed()).at(-1)?.head.toLowerCase()).toContain('connection: close')
  await drained
})

const kinds = {
  token,
  ours: bytesOf(rest({ accountId: ours })),
  broken: bytesOf(rest({ accountId: broken })),
  procedure: bytesOf(trpc('token.issue', asks)),
  batch: bytesOf(trpc('token.issue,token.issue?batch=1', { 0: asks, 1: { accountId: ours } })),
  limited: bytesOf(rest(asks, as(limited))),
  unfit: bytesOf(rest({ accountId: 'x' })),
  broken_json: bytesOf(rest('{"accountId":')),
  elsewhere: bytesOf(rest(asks, {}, '/nowhere')),
  browser: bytesOf(rest(asks, { origin: 'https://app.example' })),
  chunked: Buffer.from(
    'POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  ),
  get: Buffer.from('GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n'),
}

test('any requests on one connection, cut anywhere, get the answers that each of them gets alone', async () => {
  const alone = new Map<Buffer, string>()
  const statusOf = ({ head, body }: { head: string; body: string }) =>
    `${head.slice(9, 12)} ${body.replace(/"requestId":"[^"]*"|"retryAfterMs":\d+/g, '')}`
  for (const bytes of Object.values(kinds)) {
    const connection = await open()
    await connection.send(bytes)
    for (const answer of await connection.answered(1)) alone.set(bytes, statusOf(answer))
  }
  const request = fc.record({
    kind: fc.constantFrom<keyof typeof kinds>(...(Object.keys(kinds) as []), 'token', 'token', 'token'),
    cuts: fc.array(fc.nat(400), { maxLength: 2 }),
    waits: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 6 }), async (requests) => {
      const connection = await open()
      let unsent = Buffer.alloc(0)
      for (const [index, { kind, cuts, waits }] of requests.entries()) {
        unsent = Buffer.concat([unsent, kinds[kind]])
        for (const cut of cuts) {
          await connection.send(unsent.subarray(0, cut))
          unsent = unsent.subarray(cut)
        }
        if (!waits) continue
        await connection.send(unsent)
        unsent = Buffer.alloc(0)
        await connection.answered(index + 1)
      }
      await connection.send(unsent)
      const answers = await connection.answered(requests.length)
      expect(answers.map(statusOf)).toEqual(requests.map(({ kind }) => alone.get(kinds[kind])))
    }),
    { numRuns: 60 },
  )
})
