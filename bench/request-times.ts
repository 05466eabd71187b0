import { Agent, request } from 'node:http'

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

/** All of them, so many at a time. @returns how many a second */
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
