import { describe, expect, test } from 'vitest'
import { clientOver, createStandinClient, type StandinClientOptions } from './create-standin-client.ts'
import { standinLinks } from './standin-links.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
const token = {
  accessToken: 'the-token',
  tokenType: 'Bearer',
  expiresAt: '2026-11-24T09:00:00Z',
  expiresInMs: 3_600_000,
  cacheForMs: 300_000,
  scopes: [],
}
type Answer = (request: Request) => Response | Promise<Response>
const issued: Answer = (request) => {
  const calls = new URL(request.url).pathname.split(',').length
  return Response.json(Array.from({ length: calls }, () => ({ result: { data: token } })))
}
const refused =
  (reason: string, httpStatus: number, more: object = {}): Answer =>
  () => {
    const data = { code: 'X', httpStatus, reason, requestId: 'r1', ...more }
    return Response.json([{ error: { message: `Said by the server: ${reason}.`, code: -32_000, data } }], {
      status: httpStatus,
    })
  }
const fails: Answer = () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:4000') })
}
/** Answers nothing until the request is given up. */
const hangs: Answer = ({ signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

/** A fetch over answers in order; the last one repeats. */
function fetchOf(...answers: Answer[]) {
  const requests: Request[] = []
  const send = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    requests.push(request)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    return answer ? answer(request) : Response.error()
  }
  return { requests, fetch: send as typeof fetch }
}
const createClient = (options: Partial<StandinClientOptions>) =>
  createStandinClient({
    url: 'https://standin.example.com/',
    serviceKey: 'sk_standin_0123456789ab_secret',
    maxRetries: 0,
    ...options,
  })
/** The same, with pauses that take no time. */
const createPatient = ({ fetch = globalThis.fetch, ...options }: Partial<StandinClientOptions>) =>
  clientOver({
    links: standinLinks({ url: 'https://standin.example.com', bearer: () => 'a key', fetch }),
    fetch,
    ...options,
    now: () => 0,
    random: () => 0,
    sleep: async () => {},
  })

describe('a call', () => {
  test('is sent by the fetch of the client or of the call, with the key in a header', async () => {
    const [ofClient, ofCall] = [fetchOf(issued), fetchOf(issued)]
    const client = createClient({ fetch: ofClient.fetch })
    await client.token(accountId)
    await client.token(accountId, { scopes: ['asset.view'], fetch: ofCall.fetch })

    for (const { requests } of [ofClient, ofCall]) {
      expect(requests).toHaveLength(1)
      expect(requests[0]?.url).toMatch(/^https:\/\/standin\.example\.com\/trpc\/token\.issue/)
      expect(requests[0]?.headers.get('authorization')).toBe('Bearer sk_standin_0123456789ab_secret')
    }
  })

  test('is batched with simultaneous ones', async () => {
    const { requests, fetch } = fetchOf(issued)
    const client = createClient({ fetch })
    await Promise.all(['a', 'b', 'c'].map((scope) => client.token(accountId, { scopes: [scope] })))
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['the server is busy', refused('OVERLOADED', 503, { retryAfterMs: 1 }), 'OVERLOADED'],
    ['the key is used too often', refused('RATE_LIMITED', 429, { retryAfterMs: 1 }), 'RATE_LIMITED'],
    ['no server answers', fails, 'UNREACHABLE'],
    ['a proxy answers in its place', () => new Response('<html>', { status: 502 }), 'UNREACHABLE'],
  ])('is repeated while %s, as often as `maxRetries` says', async (_why, failure, reason) => {
    const passing = fetchOf(failure, issued)
    expect(await createPatient({ fetch: passing.fetch, maxRetries: 1 }).token(accountId)).toMatchObject({
      accessToken: 'the-token',
    })
    expect(passing.requests).toHaveLength(2)

    const lasting = fetchOf(failure)
    const asking = createPatient({ fetch: lasting.fetch, maxRetries: 9 }).token(accountId, { maxRetries: 1 })
    await expect(asking).rejects.toMatchObject({ name: 'StandinClientError', reason })
    expect(lasting.requests).toHaveLength(2)
  })

  test('is not retried if that cannot help, or if the wait is longer than a minute', async () => {
    for (const failure of [refused('ACCOUNT_FORBIDDEN', 403), refused('OVERLOADED', 503, { retryAfterMs: 60_001 })]) {
      const { requests, fetch } = fetchOf(failure)
      await expect(createPatient({ fetch, maxRetries: 5 }).token(accountId)).rejects.toThrow('Said by the server')
      expect(requests).toHaveLength(1)
    }
  })

  test('is repeated with the same idempotency key', async () => {
    const { requests, fetch } = fetchOf(fails, () => Response.json([{ result: { data: { id: 'a run' } } }]))
    await createClient({ fetch, maxRetries: 1 }).runs.start({ accountId, actionId: 'fleet-snapshot' })
    const keys = await Promise.all(
      requests.map(async (request) => ((await request.json()) as Array<{ idempotencyKey: string }>)[0]?.idempotencyKey),
    )
    expect(keys).toEqual([expect.stringMatching(/^.{8,}$/), keys[0]])
  })

  test('ends with the signal’s reason, of the call or of the client, and so do its repetitions', async () => {
    const reason = new Error('enough')
    for (const answer of [hangs, fails])
      for (const whose of ['call', 'client']) {
        const stopping = new AbortController()
        const { fetch } = fetchOf(answer)
        const client = createClient({ fetch, maxRetries: 9, ...(whose === 'client' && { signal: stopping.signal }) })
        const asking = client.runs.get('a run', { ...(whose === 'call' && { signal: stopping.signal }) })
        setImmediate(() => stopping.abort(reason))
        await expect(asking).rejects.toBe(reason)
      }
  })

  test('sends nothing, and takes nothing from memory, for a signal that has aborted already', async () => {
    const { requests, fetch } = fetchOf(issued)
    const client = createClient({ fetch })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(client.token(accountId, { signal })).rejects.toThrow('enough')
    expect(requests).toHaveLength(0)
    await client.token(accountId)
    await expect(client.token(accountId, { signal })).rejects.toThrow('enough')
    expect(requests).toHaveLength(1)
  })

  test('a caller that aborts does not affect others who wait for the same token', async () => {
    const gate = Promise.withResolvers<void>()
    const { requests, fetch } = fetchOf(async (request) => {
      await gate.promise
      return issued(request)
    })
    const client = createClient({ fetch })
    const stopping = new AbortController()
    const impatient = client.token(accountId, { signal: stopping.signal })
    const patient = client.token(accountId)
    stopping.abort(new Error('enough'))
    await expect(impatient).rejects.toThrow('enough')
    gate.resolve()
    expect(await patient).toMatchObject({ accessToken: 'the-token' })
    expect(requests).toHaveLength(1)
  })

  test('takes at most `timeoutMs`, of the client or of the call', async () => {
    const { fetch } = fetchOf(hangs)
    const inTime = { reason: 'UNREACHABLE', cause: { name: 'TimeoutError' } }
    await expect(createClient({ fetch, timeoutMs: 1 }).runs.get('a run')).rejects.toMatchObject(inTime)
    await expect(createClient({ fetch }).runs.get('a run', { timeoutMs: 1 })).rejects.toMatchObject(inTime)
  })
})

describe('an error', () => {
  const failureOf = (answer: Answer) =>
    createClient({ fetch: fetchOf(answer).fetch })
      .runs.get('a run')
      .then(
        () => undefined,
        (error: Error) => error,
      )

  test('has the server’s message, every issue and the id of the request in its log', async () => {
    const issues = [
      { path: 'input.machines', message: 'must be a list' },
      { path: 'limit', message: 'is too high.' },
    ]
    expect(await failureOf(refused('INPUT_INVALID', 400, { issues }))).toMatchObject({
      reason: 'INPUT_INVALID',
      message: 'Said by the server: INPUT_INVALID. input.machines must be a list. limit is too high.',
      issues,
      requestId: 'r1',
      retry: 'never',
    })
  })

  test('keeps a reason that only a newer server has', async () => {
    expect(await failureOf(refused('GREMLINS', 418))).toMatchObject({ reason: 'GREMLINS', retry: 'never' })
    const later = { reason: 'GREMLINS', retry: 'after', retryAfterMs: 5 }
    expect(await failureOf(refused('GREMLINS', 503, { retryAfterMs: 5 }))).toMatchObject(later)
  })

  test('names the cause if no server answered, and the status if another server did', async () => {
    expect(await failureOf(fails)).toMatchObject({
      reason: 'UNREACHABLE',
      message: expect.stringContaining('(connect ECONNREFUSED 127.0.0.1:4000)'),
      cause: { message: 'fetch failed' },
    })
    expect(await failureOf(() => new Response('<html>', { status: 404 }))).toMatchObject({
      reason: 'UNREACHABLE',
      message: expect.stringContaining('HTTP status 404'),
    })
    const elsewhere = () => Response.json({ code: 'NOT_FOUND' }, { status: 404 })
    expect(await failureOf(elsewhere)).toMatchObject({
      reason: 'UNREACHABLE',
      message: expect.stringContaining('HTTP status 404'),
    })
    // Fastify answers what it refuses before tRPC sees it.
    const problem = { reason: 'INPUT_TOO_LARGE', detail: 'The body is too large.' }
    const headers = { 'content-type': 'application/problem+json' }
    expect(await failureOf(() => Response.json(problem, { status: 413, headers }))).toMatchObject({
      reason: 'INPUT_TOO_LARGE',
      message: 'The body is too large.',
    })
  })
})

describe('a stream', () => {
  const sse = (...lines: string[]) =>
    new Response(`${lines.join('\n')}\n\n`, { headers: { 'content-type': 'text/event-stream' } })
  const ended = () =>
    sse(
      'event: connected',
      'data: {}',
      '',
      'id: 1',
      'data: {"type":"state","seq":1,"state":"succeeded"}',
      '',
      'event: return',
      'data:',
    )

  test('is read by the fetch of the client or of the call, with the key in a header', async () => {
    const [ofClient, ofCall] = [fetchOf(ended), fetchOf(ended)]
    const { runs } = createClient({ fetch: ofClient.fetch })
    for (const options of [{}, { fetch: ofCall.fetch }]) {
      const seqs: number[] = []
      for await (const { seq } of runs.events('a run', options)) seqs.push(seq)
      expect(seqs).toEqual([1])
    }
    for (const { requests } of [ofClient, ofCall]) {
      expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([
        'Bearer sk_standin_0123456789ab_secret',
      ])
    }
  })

  test('a refusal is the server’s, a failure names what was answered', async () => {
    const read = async (answer: Answer) => {
      for await (const _event of createClient({ fetch: fetchOf(answer).fetch }).runs.events('a run'));
    }
    const data = JSON.stringify({
      message: 'No run.',
      code: -32_004,
      data: { reason: 'RUN_NOT_FOUND', httpStatus: 404 },
    })
    const refusal = read(() => sse('event: connected', 'data: {}', '', 'event: serialized-error', `data: ${data}`))
    await expect(refusal).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND', message: 'No run.' })
    await expect(read(() => new Response('<html>', { status: 404 }))).rejects.toThrow('HTTP status 404')
    await expect(read(() => new Response('', { status: 429 }))).rejects.toMatchObject({ reason: 'RATE_LIMITED' })
    await expect(read(fails)).rejects.toThrow('fetch failed')
  })
})

describe('a download', () => {
  const link: Answer = () => Response.json([{ result: { data: { url: 'https://files.example/link', expiresAt: '' } } }])

  test('has the name, type, size and bytes of the file, and sends no key', async () => {
    const { requests, fetch } = fetchOf(link, () => {
      const headers = { 'content-type': 'text/csv', 'content-length': '3' }
      return new Response('a;b', { headers: { ...headers, 'content-disposition': 'attachment; filename="a b.csv"' } })
    })
    const file = await createClient({ fetch }).runs.download('an artifact')
    expect(file).toMatchObject({ name: 'a b.csv', mediaType: 'text/csv', size: 3 })
    expect(new TextDecoder().decode(await file.bytes())).toBe('a;b')
    expect(requests[1]?.headers.get('authorization')).toBeNull()
  })

  test.each([
    ['attachment; filename=fleet-2026-11-24.csv', 'fleet-2026-11-24.csv'],
    ['attachment; filename="Gr??e.csv"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe.csv', 'Größe.csv'],
    ["attachment; filename*=UTF-8''..%2F..%2Fetc%0Apasswd", '.._.._etc_passwd'],
    ["attachment; filename*=UTF-8''%FF.csv", 'an artifact'],
    ['attachment', 'an artifact'],
  ])('is named as %s says', async (disposition, name) => {
    const { fetch } = fetchOf(link, () => new Response('a;b', { headers: { 'content-disposition': disposition } }))
    expect(await createClient({ fetch }).runs.download('an artifact')).toMatchObject({ name })
  })

  test('fails with the reason that the server gives', async () => {
    const problem = { reason: 'LINK_EXPIRED', detail: 'The link has expired.', requestId: 'r2' }
    const { fetch } = fetchOf(link, () => Response.json(problem, { status: 410 }))
    await expect(createClient({ fetch }).runs.download('an artifact')).rejects.toMatchObject({
      reason: 'LINK_EXPIRED',
      message: 'The link has expired.',
      requestId: 'r2',
    })
  })
})
