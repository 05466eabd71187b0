import { describe, expect, test } from 'vitest'
import { createAuthorisedFetch } from './authorised-fetch.ts'
import { StandinClientError } from './standin-client-error.ts'

const api = 'https://api.example'
const token = (accessToken: string) => ({ accessToken, scopes: [], expiresAt: '2026-11-24T09:00:00Z' })

/** A fetch whose requests are kept, over answers in order. */
function setUp(answers: Array<() => Response>, replace = async () => token('second')) {
  const seen: Array<{ url: string; authorization: string | null; redirect: string; body: string }> = []
  const authorised = createAuthorisedFetch({
    origins: [api],
    token: async () => token('first'),
    replace,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      seen.push({
        url: request.url,
        authorization: request.headers.get('authorization'),
        redirect: request.redirect,
        body: await request.text(),
      })
      return (answers.shift() ?? (() => new Response('ok')))()
    },
  })
  return { authorised, seen }
}

describe('an authorised fetch', () => {
  test('adds the token to requests to an allowed origin', async () => {
    const { authorised, seen } = setUp([])
    await authorised(`${api}/machines?page=2`, { headers: { accept: 'application/json' } })

    expect(seen).toEqual([
      { url: `${api}/machines?page=2`, authorization: 'Bearer first', redirect: 'manual', body: '' },
    ])
  })

  test.each([
    'https://api.example.evil.test/',
    'http://api.example/',
    'https://api.example:8443/',
    'https://evil.test/?https://api.example/',
    'https://evil.test/#https://api.example/',
  ])('sends no token to %s', async (address) => {
    const { authorised, seen } = setUp([])
    await authorised(address)
    expect(seen.map(({ authorization }) => authorization)).toEqual([null])
  })

  test('hands a redirect to the caller instead of following it with the token', async () => {
    const redirect = () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } })
    const { authorised, seen } = setUp([redirect])

    expect((await authorised(`${api}/`, { redirect: 'follow' })).status).toBe(302)
    expect(seen).toHaveLength(1)
    expect(seen[0]?.redirect).toBe('manual')
  })

  test('respects the caller’s `redirect: error`', async () => {
    const { authorised, seen } = setUp([])
    await authorised(`${api}/`, { redirect: 'error' })
    expect(seen[0]?.redirect).toBe('error')
  })

  test.each([
    ['a text', () => 'body'],
    ['bytes', () => new TextEncoder().encode('body')],
    ['a blob', () => new Blob(['body'])],
  ])('sends %s once more with a newer token after a 401', async (_kind, body) => {
    const { authorised, seen } = setUp([() => new Response(null, { status: 401 })])
    const answer = await authorised(`${api}/events`, { method: 'POST', body: body() })

    expect(answer.status).toBe(200)
    expect(seen.map(({ authorization, body }) => [authorization, body])).toEqual([
      ['Bearer first', 'body'],
      ['Bearer second', 'body'],
    ])
  })

  test('retries only once, and never with a stream', async () => {
    const refusal = () => new Response(null, { status: 401 })
    const twice = setUp([refusal, refusal])
    expect((await twice.authorised(`${api}/`)).status).toBe(401)
    expect(twice.seen).toHaveLength(2)

    const streamed = setUp([refusal])
    const body = new Blob(['body']).stream()
    const answer = await streamed.authorised(`${api}/`, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(answer.status).toBe(401)
    expect(streamed.seen).toHaveLength(1)
  })

  test('aborting a request also ends the wait for its token', async () => {
    const authorised = createAuthorisedFetch({
      origins: [api],
      token: (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      replace: async () => token('second'),
      fetch: async () => new Response(),
    })
    const stopping = new AbortController()
    const answering = authorised(`${api}/`, { signal: stopping.signal })
    stopping.abort(new Error('enough'))
    await expect(answering).rejects.toThrow('enough')
  })

  test('returns the API’s own 401 if there is no better token, and rejects for any other reason', async () => {
    const refusal = () => new Response('who?', { status: 401 })
    const refused = setUp([refusal], async () => {
      throw new StandinClientError('TRACKUNIT_REFUSED', '')
    })
    expect(await (await refused.authorised(`${api}/`)).text()).toBe('who?')

    const uninstalled = setUp([refusal], async () => {
      throw new StandinClientError('INSTALLATION_UNINSTALLED', '')
    })
    await expect(uninstalled.authorised(`${api}/`)).rejects.toMatchObject({ reason: 'INSTALLATION_UNINSTALLED' })
  })
})
