import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AppRouter } from '@standin/client'
import { skipToken } from '@tanstack/react-query'
import { createTRPCUntypedClient } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { expect, test } from 'vitest'
import type { StandinHost } from '../host.ts'
import { createApi } from './api.ts'
import { lateCalls } from './calls.ts'
import { askFirst } from './first-answers.ts'
import { createOptions } from './options.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

const asking = { token: 'a-token', accountId, language: 'da-DK', hash: '#/actions' }
const host = {
  getToken: () => Promise.reject(new Error('nobody asks')),
  user: { language: 'da-DK' },
  account: { id: accountId },
} as unknown as StandinHost

async function listening(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, [Symbol.dispose]: () => void server.close() }
}

/** The app's calls, with what a server answers early and what it answers later. */
async function openApp(early: RequestListener) {
  const server = await listening(early)
  const first = askFirst({ ...asking, serverUrl: server.url })
  const later: string[] = []
  const transport = createTRPCUntypedClient<AppRouter>({
    links: [
      () =>
        ({ op }) =>
          observable((observer) => {
            later.push(op.path)
            observer.next({ result: { type: 'data', data: 'later' } })
            observer.complete()
          }),
    ],
  })
  const api = createOptions(lateCalls(async () => transport, Promise.resolve(first)))
  return { api, later, [Symbol.dispose]: server[Symbol.dispose] }
}

test('an early request is answered once, from memory', async () => {
  const asked: unknown[] = []
  using app = await openApp(({ url, headers }, response) => {
    asked.push(headers.authorization, decodeURIComponent(url ?? ''))
    response.end(JSON.stringify([{ result: { data: 'early' } }, { error: {} }]))
  })
  expect(await app.api.installation.get.query({ accountId })).toBe('early')
  expect(await app.api.installation.get.query({ accountId })).toBe('later')
  expect(await app.api.action.list.query({ accountId, language: 'da' })).toBe('later')
  expect(app.later).toEqual(['installation.get', 'action.list'])
  expect(asked).toEqual([
    'Bearer a-token',
    `/trpc/installation.get,action.list?batch=1&input={"0":{"accountId":"${accountId}"},"1":{"accountId":"${accountId}","language":"da"}}`,
  ])
})

test('answers that arrive before the page are in its store and are not requested again', async () => {
  using server = await listening((_, response) =>
    response.end(JSON.stringify([{ result: { data: 'early' } }, { error: {} }])),
  )
  const first = askFirst({ ...asking, serverUrl: server.url })
  await first.settled
  const { queryClient, trpc } = createApi({ host, serverUrl: server.url, first })
  expect(queryClient.getQueryData(trpc.installation.get.queryKey({ accountId }))).toBe('early')
  expect(queryClient.getQueryState(trpc.action.list.queryKey({ accountId, language: 'da' }))).toBeUndefined()
  expect(first.take('installation.get', { accountId })).toBeUndefined()
})

test.for([
  ['the connection is lost', (request) => void request.socket.destroy()],
  ['something else answers', (_, response) => void response.writeHead(502).end('<html>')],
  ['the token is refused', (_, response) => void response.writeHead(401).end('{"error":{}}')],
] as const satisfies ReadonlyArray<readonly [string, RequestListener]>)(
  'if %s, the server is asked as usual',
  async ([, early]) => {
    using app = await openApp(early)
    expect(await app.api.installation.get.query({ accountId })).toBe('later')
  },
)

test('a query without its input is not asked', () => {
  const trpc = createOptions(lateCalls(() => Promise.reject(new Error('nobody asks')), Promise.resolve(undefined)))
  expect(trpc.run.get.queryOptions(skipToken).queryFn).toBe(skipToken)
  expect(trpc.run.get.queryOptions({ runId: accountId }).queryFn).toBeTypeOf('function')
})
