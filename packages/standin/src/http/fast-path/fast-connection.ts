import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../clock.ts'
import { type HttpAnswer, headersOf } from '../problem.ts'

/** Told of a request that Node parsed. @param asked what it asks of the fast path; undefined: nothing */
type Follow<Asked> = (request: IncomingMessage, response: ServerResponse, asked: Asked | undefined) => void

/**
 * Answers requests whose head is, byte for byte, the one before on its connection: it means what Node's parser found in that
 * one. Parsing it again, and Node's objects for a request and its response, cost as much as the token. All other bytes go to
 * the parser, to which it looks as if nothing had been between. So what is answered here is a whole request and nothing more,
 * and Node has answered all that it was given.
 */
export function followConnections<Asked>(
  { clock }: { clock: Clock },
  server: Server,
  answer: (asked: Asked, body: Buffer) => Promise<HttpAnswer> | undefined,
): Follow<Asked> {
  const follows = new WeakMap<Socket, Follow<Asked>>()
  const answering = new Set<Socket>()
  const dateOf = createDates()
  // One that listens as well, as where the server is being closed, must see all requests.
  const isOnlyListener = () => server.listenerCount('request') === 1

  server.on('connection', (socket) => {
    const [parse, ...others] = socket.listeners('data') as Array<(bytes: Buffer) => void>
    if (!parse || others.length > 0) return
    let known: { head: Buffer; length: number; asked: Asked } | undefined
    /** Bytes that came too early, or the first ones of a request. */
    let held: Buffer | undefined
    /** What Node was given and has not answered. `bytes` are more than `whole` where the next request has begun, for one. */
    const nodes = { requests: 0, bytes: 0, whole: 0 }
    /** The bytes that Node parses right now, if they begin with a request. */
    let begin: Buffer | undefined

    function toNode(bytes: Buffer): void {
      known = undefined
      begin = nodes.bytes === nodes.whole ? bytes : undefined
      nodes.bytes += bytes.length
      parse?.call(socket, bytes)
      begin = undefined
    }

    function onData(piece: Buffer): void {
      const bytes = held ? Buffer.concat([held, piece]) : piece
      held = undefined
      if (answering.has(socket)) {
        held = bytes
        socket.pause()
      } else if (!known || !startsWith(bytes, known.head) || bytes.length > known.length || !isOnlyListener())
        toNode(bytes)
      else if (bytes.length < known.length) held = bytes
      else {
        const answered = answer(known.asked, bytes.subarray(known.head.length))
        if (answered) void write(answered)
        else toNode(bytes)
      }
    }

    async function write(answered: Promise<HttpAnswer>): Promise<void> {
      answering.add(socket)
      const written = await answered
      answering.delete(socket)
      if (!socket.writable) return
      if (written.status === 401) known = undefined // A key that is good no more is Fastify's matter.
      if (!socket.write(textOf(written))) socket.pause().once('drain', () => socket.resume())
      if (!held) return
      const early = held
      held = undefined
      toNode(early)
      socket.resume()
    }

    socket.off('data', parse).on('data', onData)
    follows.set(socket, (request, response, asked) => {
      const head = begin?.subarray(0, begin.indexOf('\r\n\r\n') + 4)
      begin = undefined
      const length = head ? head.length + Number(request.headers['content-length'] ?? 0) : Number.NaN // Never whole.
      nodes.whole += length
      nodes.requests++
      const kept = asked && head && isKeptAlive(request) ? { asked, head: Buffer.from(head), length } : undefined
      response.once('close', () => {
        nodes.requests--
        if (nodes.requests > 0 || nodes.bytes !== nodes.whole) return
        nodes.bytes = nodes.whole = 0
        known = kept
      })
    })
  })

  function textOf(answer: HttpAnswer): string {
    let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n`
    for (const [name, value] of Object.entries(headersOf(answer))) head += `${name}: ${value}\r\n`
    const keepAliveS = Math.floor(server.keepAliveTimeout / 1_000)
    return `${head}date: ${dateOf(clock.now())}\r\nconnection: keep-alive\r\nkeep-alive: timeout=${keepAliveS}\r\n\r\n${answer.body}`
  }

  // To Node, a connection is idle while it is answered here.
  const closeIdleConnections = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => {
    if (answering.size === 0) closeIdleConnections()
  }
  server.on('timeout', (socket) => {
    if (!answering.has(socket)) socket.destroy()
  })
  return (request, response, asked) => follows.get(request.socket)?.(request, response, asked)
}

const startsWith = (bytes: Buffer, begin: Buffer) =>
  bytes.length >= begin.length && bytes.compare(begin, 0, begin.length, 0, begin.length) === 0

const isKeptAlive = ({ httpVersion, headers: { connection = 'keep-alive' } }: IncomingMessage) =>
  httpVersion === '1.1' && connection.toLowerCase() === 'keep-alive'

/** A date in HTTP's form, made once a second. */
function createDates(): (now: Date) => string {
  let [second, text] = [0, '']
  return (now) => {
    const nowS = Math.floor(now.getTime() / 1_000)
    if (nowS !== second) [second, text] = [nowS, now.toUTCString()]
    return text
  }
}
