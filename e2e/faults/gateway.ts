import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'

interface Lie {
  response: ServerResponse
  /** The true answer. */
  answer: Record<string, unknown>
  random: () => number
  /** The last good answer to another client. */
  toAnother: Record<string, unknown> | undefined
}

const json = (response: ServerResponse, body: object) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const living =
  (...lifetimes: unknown[]) =>
  ({ answer, random, response }: Lie) =>
    json(response, { ...answer, expires_in: lifetimes[Math.floor(random() * lifetimes.length)] })

/** What a token endpoint can say that is not so. The next request gets one of them. */
const lies = {
  "another account's token": ({ response, toAnother }: Lie) => json(response, toAnother ?? { error: 'invalid_client' }),
  'a life that is over': living(0, -1, '-60'),
  'a life without an end': living(1e15, '999999999999', Number.MAX_SAFE_INTEGER),
  'a life in words': living('soon', null, { seconds: 60 }),
  'success, with an error in it': ({ response }: Lie) => json(response, { error: 'invalid_client' }),
  'a page': ({ response }: Lie) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>'),
  'somewhere else': ({ response, random }: Lie) =>
    response.writeHead([301, 302, 307, 308][Math.floor(random() * 4)] ?? 302, { location: '/elsewhere' }).end(),
  "another issuer's token": ({ response, answer }: Lie) =>
    json(response, { ...answer, access_token: reissued(String(answer.access_token)) }),
  'a body without an end': ({ response }: Lie) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    return pipeline(endless(), response).catch(() => {}) // It is cut off.
  },
  async 'a drop at a time'({ response, answer }: Lie) {
    response.writeHead(200, { 'content-type': 'application/json' })
    for (const letter of JSON.stringify(answer)) {
      if (response.destroyed) return
      response.write(letter)
      await pause(100, undefined, { ref: false })
    }
    response.end()
  },
} as const satisfies Record<string, (lie: Lie) => unknown>

function* endless() {
  yield '{"access_token":"'
  for (;;) yield 'x'.repeat(64 * 1_024)
}

/** The same claims by another issuer; its signature is good no more. */
function reissued(token: string): string {
  const [head, payload = '', signature] = token.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), iss: 'https://elsewhere.example' }
  return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

/** Stands before the simulated Trackunit and passes everything on; while it lies, no answer to a request for a token is true. */
export async function startGateway({ to, random }: { to: string; random: () => number }) {
  let isLying = false
  const goodAnswers = new Map<string, Record<string, unknown>>()
  const misled = new Set<string>()
  const elsewhere: string[] = []

  const server = createServer((request, response) => {
    const answer = request.url === '/elsewhere' ? stray : request.url === '/apptoken' ? answerToken : passOn
    void answer(request, response).catch(() => response.destroy())
  })

  async function stray(request: IncomingMessage, response: ServerResponse): Promise<void> {
    elsewhere.push(`${request.method} ${await text(request)}`)
    response.end()
  }

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url, method = 'GET', headers } = request
    const onward = httpRequest(`${to}${url}`, { method, headers, agent: false })
    response.once('close', () => onward.destroy())
    request.pipe(onward)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  }

  async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await text(request)
    const headers = pick(request.headers, ['content-type', 'user-agent', 'authorization', 'accept'])
    const asking = new AbortController()
    response.once('close', () => asking.abort())
    const given = await fetch(`${to}/apptoken`, { method: 'POST', headers, body: form, signal: asking.signal })
    const body = await given.text()
    if (given.status !== 200 || !isLying) {
      const names = ['content-type', 'retry-after', 'www-authenticate', 'cache-control']
      response.writeHead(given.status, pick(Object.fromEntries(given.headers), names)).end(body)
    }
    if (given.status !== 200) return
    const clientId = new URLSearchParams(form).get('client_id') ?? ''
    const answer = JSON.parse(body) as Record<string, unknown>
    if (isLying) {
      const [toAnother] = [...goodAnswers].flatMap(([id, each]) => (id === clientId ? [] : [each]))
      const names = Object.keys(lies) as Array<keyof typeof lies>
      const name = names[Math.floor(random() * names.length)] as (typeof names)[number]
      if (name === "another account's token") misled.add(clientId)
      await lies[name]({ response, random, answer, toAnother })
    }
    goodAnswers.delete(clientId)
    goodAnswers.set(clientId, answer)
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lie(begins: boolean) {
      isLying = begins
    },
    /** Clients whose server was given another account's token for them. */
    misled: misled as ReadonlySet<string>,
    /** What came to where a lie had sent it: nobody may follow. */
    elsewhere: elsewhere as readonly string[],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const pick = (headers: Record<string, string | string[] | undefined>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])))
