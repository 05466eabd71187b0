import { connect, type Socket } from 'node:net'

/** What a process sends: one request, again and again. */
export interface Load {
  port: number
  path: string
  /** Of services that take turns. */
  keys: readonly string[]
  /** They take turns as well; without any, it is a GET. */
  bodies: readonly string[]
  /** Requests a second, whether earlier ones were answered or not; 0: each connection sends its next when it has an answer. */
  perS: number
  seconds: number
  connections: number
}

export interface Outcome {
  /** How many answers had each status. */
  statuses: Record<string, number>
  /** Refusals with 503 or 429 that did not say when to come again. */
  withoutRetryAfter: number
  /** Not sent, since all connections waited for answers; and connections that failed. */
  unsent: number
  failed: number
  /** How long an answer with 200 took, in milliseconds. */
  p50Ms: number
  p99Ms: number
}

/** Callers that know nothing of each other, and so do not slow down when the server does. */
async function sendAll({ port, path, keys, bodies, perS, seconds, connections }: Load): Promise<Outcome> {
  const statuses: Record<string, number> = {}
  const tookMs: number[] = []
  const outcome = { withoutRetryAfter: 0, unsent: 0, failed: 0 }
  const free: Socket[] = []
  const all = new Set<Socket>()
  const sentAtMs = new WeakMap<Socket, number>()
  const endsAtMs = performance.now() + seconds * 1_000
  let turn = 0

  const requests = keys.flatMap((key) => (bodies.length > 0 ? bodies : ['']).map((body) => requestOf(path, key, body)))

  function open(): Socket {
    const socket = connect(port, '127.0.0.1')
    all.add(socket)
    socket.setNoDelay(true)
    let text = ''
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1')
      const headEnd = text.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = /content-length: (\d+)/i.exec(text)?.[1]
      const isWhole = length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= headEnd + 4 + Number(length)
      if (!isWhole) return
      const status = text.slice(9, 12)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === '200') tookMs.push(performance.now() - (sentAtMs.get(socket) ?? 0))
      if ((status === '503' || status === '429') && !/retry-after: \d/i.test(text)) outcome.withoutRetryAfter++
      const closes = /connection: close/i.test(text.slice(0, headEnd))
      text = ''
      if (closes) socket.destroy()
      else if (perS === 0 && performance.now() < endsAtMs) send(socket)
      else free.push(socket)
    })
    socket.on('error', () => outcome.failed++)
    socket.on('close', () => {
      all.delete(socket)
      const at = free.indexOf(socket)
      if (at >= 0) free.splice(at, 1)
    })
    return socket
  }

  function send(socket: Socket): void {
    sentAtMs.set(socket, performance.now())
    socket.write(requests[turn++ % requests.length] ?? '')
  }

  if (perS === 0) for (let count = 0; count < connections; count++) send(open())
  const beganAtMs = performance.now()
  let due = 0
  while (performance.now() < endsAtMs) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    for (const now = ((performance.now() - beganAtMs) / 1_000) * perS; due < now; due++) {
      const socket = free.pop() ?? (all.size < connections ? open() : undefined)
      if (socket) send(socket)
      else outcome.unsent++
    }
  }
  for (const socket of all) socket.destroy()
  tookMs.sort((one, other) => one - other)
  const at = (share: number) => Math.round(tookMs[Math.floor(tookMs.length * share)] ?? 0)
  return { statuses, ...outcome, p50Ms: at(0.5), p99Ms: at(0.99) }
}

function requestOf(path: string, key: string, body: string): string {
  const length = body && `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  const head = `${body ? 'POST' : 'GET'} ${path} HTTP/1.1\r\nhost: standin\r\nauthorization: Bearer ${key}\r\n`
  return `${head}${length}\r\n${body}`
}

const [given] = process.argv.slice(2)
if (import.meta.main && given) process.stdout.write(JSON.stringify(await sendAll(JSON.parse(given))))
