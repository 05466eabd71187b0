import { lifecycleSignalSchema } from '@standin/contracts'
import { expect, test } from 'vitest'
import { sendLifecycleSignal } from './send-lifecycle-signal.ts'

const accountId = '6B5CB246-7945-4BB6-BEC5-2A1413FFD1B3'

async function sent(answer: () => Response | Promise<Response>) {
  const requests: Array<{ url: string; init: RequestInit }> = []
  await sendLifecycleSignal('UNINSTALLED', {
    appToken: 'app.token.x',
    accountId,
    serverUrl: 'https://standin.example/',
    fetch: async (url, init = {}) => {
      requests.push({ url: String(url), init })
      return answer()
    },
  })
  return requests
}

test('sends a signal that the server accepts, with the app’s token, and follows no redirect', async () => {
  const [request, ...more] = await sent(() => Response.json({ status: 'accepted' }))
  expect(more).toEqual([])
  expect(request).toMatchObject({
    url: 'https://standin.example/trackunit/lifecycle',
    init: { method: 'POST', redirect: 'error', headers: { authorization: 'Bearer app.token.x' } },
  })
  expect(lifecycleSignalSchema.parse(JSON.parse(String(request?.init.body)))).toEqual({
    type: 'UNINSTALLED',
    accountId: accountId.toLowerCase(),
  })
})

test.each([
  ['does not answer', () => Promise.reject(new TypeError('fetch failed')), 3],
  ['is down', () => new Response('', { status: 503 }), 3],
  ['refuses it', () => new Response('', { status: 401 }), 1],
])('a server that %s is asked a bounded number of times, and nothing fails', async (_title, answer, times) => {
  expect(await sent(answer)).toHaveLength(times)
})
