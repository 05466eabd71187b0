import { expect, test } from 'vitest'
import { createConnectionCutter } from './cut-connections.ts'

const own = 'http://localhost:4200'

function setUp() {
  const target = {
    fetch: ((_input: unknown, init?: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        if (!String(_input).includes('slow')) resolve(new Response('ok'))
      })) as typeof fetch,
  }
  return { target, cut: createConnectionCutter(target, own) }
}

test('a cut ends open requests and blocks new ones until it is undone', async () => {
  const { target, cut } = setUp()
  const slow = target.fetch('http://127.0.0.1:4000/slow')
  cut(true)

  await expect(slow).rejects.toThrow('Failed to fetch')
  await expect(target.fetch('http://127.0.0.1:4000/')).rejects.toThrow('Failed to fetch')
  cut(false)
  expect((await target.fetch('http://127.0.0.1:4000/')).ok).toBe(true)
})

test('the app’s own files still load', async () => {
  const { target, cut } = setUp()
  cut(true)
  expect((await target.fetch('/assets/chunk.js')).ok).toBe(true)
})

test('an open stream fails as if the network were gone, not as if its reader had left', async () => {
  const target = {
    // Like Chromium: whatever the reason, the body of an aborted request ends with an AbortError.
    fetch: (async (_input, init) => {
      const leave = (stream: ReadableStreamDefaultController) => stream.error(new DOMException('left', 'AbortError'))
      return new Response(
        new ReadableStream({ start: (stream) => init?.signal?.addEventListener('abort', () => leave(stream)) }),
      )
    }) as typeof fetch,
  }
  const cut = createConnectionCutter(target, own)
  const body = (await target.fetch('http://127.0.0.1:4000/events')).body?.getReader()
  const read = body?.read()
  cut(true)

  await expect(read).rejects.toThrow(TypeError)
})
