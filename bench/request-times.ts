import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Asked {
  url: string
  headers: Record<string, string>
  body: string
}

/** @returns when the answer was there, in milliseconds since 1970 @throws Error with an answer that is not 2xx */
export function askedAt(agent: Agent, { url, headers, body }: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent, method: 'POST', headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(Date.now())
        else reject(new Error(`${url}: ${answer.statusCode} ${Buffer.concat(pieces)}`))
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

/**
 * The same over a socket that is opened for it and handed to `opened`: of what Node's own client does only the least, so
 * that ten thousand of them leave the cores to the servers.
 */
export function askedOverSocket({ url, headers, body }: Asked, opened: (socket: Socket) => void): Promise<number> {
  const { hostname, port, pathname, host } = new URL(url)
  const lines = Object.entries({ ...headers, host, 'content-length': Buffer.byteLength(body) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () =>
      socket.write(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`),
    )
    opened(socket)
    socket.setEncoding('latin1').on('data', (piece: string) => {
      answer += piece
      const begin = answer.indexOf('\r\n\r\n') + 4
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? Number.POSITIVE_INFINITY)
      if (begin < 4 || answer.length < begin + length) return
      if (answer.startsWith('HTTP/1.1 200 ')) resolve(Date.now())
      else reject(new Error(`${url}: ${answer}`))
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${url}: closed`)))
  })
}

/** All of them, a limited number at a time. @returns how many a second */
export async function rateOf(asked: readonly Asked[], { atOnce = 64 } = {}): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const startedAtMs = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let each = asked[next++]; each; each = asked[next++]) await askedAt(agent, each)
    }),
  )
  agent.destroy()
  return asked.length / ((performance.now() - startedAtMs) / 1_000)
}
