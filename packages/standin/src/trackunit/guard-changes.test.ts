import { describe, expect, test } from 'vitest'
import { guardChanges } from './guard-changes.ts'
import type { TrackunitRequests } from './trackunit-client.ts'

function guarded({ mayChange = false } = {}) {
  const sent: unknown[] = []
  const send =
    (method: string) =>
    async (...given: unknown[]) => {
      sent.push([method, ...given])
      return { data: {}, isPartial: false }
    }
  const raw = Object.fromEntries(
    ['graphql', 'get', 'post', 'put', 'patch', 'delete'].map((method) => [method, send(method)]),
  )
  const rules = { mayChange: () => mayChange, readingPosts: ['/api/search'] }
  return { client: guardChanges(raw as unknown as TrackunitRequests, rules), sent }
}
type Send = (client: TrackunitRequests) => Promise<unknown>

const changes: Array<[string, Send]> = [
  ['a GraphQL mutation Dismiss', ({ graphql }) => graphql('mutation Dismiss { dismiss { ok } }')],
  ['POST /api/orders', ({ post }) => post('/api/orders', {})],
  ['POST /api/search/more', ({ post }) => post('/api/search/more', {})],
  ['PUT /api/search', ({ put }) => put('/api/search', {})],
  ['PATCH /api/orders', ({ patch }) => patch('/api/orders', {})],
  ['DELETE /api/orders', (client) => client.delete('/api/orders')],
]

describe('invariant 29: a run changes data inside effect alone', () => {
  test.for(changes)('%s is refused outside, by name and with the way, and not sent', async ([name, send]) => {
    const { client, sent } = guarded()
    await expect(send(client)).rejects.toMatchObject({
      reason: 'ACTION_FAULTY',
      detail: expect.stringMatching(new RegExp(`^It sent ${name} outside effect; .* inside effect\\(`)),
    })
    expect(sent).toEqual([])
  })

  test.for(changes)('%s is sent inside', async ([, send]) => {
    const { client, sent } = guarded({ mayChange: true })
    await send(client)
    expect(sent).toHaveLength(1)
  })

  test.for<[string, Send]>([
    ['a query', ({ graphql }) => graphql('query Q { mutation }')],
    ['a GET', ({ get }) => get('/api/orders')],
    ['a POST that the action says reads', ({ post }) => post('/api/search', {}, { page: 1 })],
  ])('%s is sent anywhere', async ([, send]) => {
    const { client, sent } = guarded()
    await send(client)
    expect(sent).toHaveLength(1)
  })
})
