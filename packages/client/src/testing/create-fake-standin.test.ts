import { describe, expect, test } from 'vitest'
import { createFakeStandin } from './create-fake-standin.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
const scopes = ['asset.view', 'site.view']

describe('the fake Standin', () => {
  test('issues tokens as the real one does: cached, per scope set, new after their life', async () => {
    const fake = createFakeStandin()
    fake.install(accountId, { scopes })
    const { client } = fake

    const first = await client.token(accountId)
    expect(await client.token(accountId.toUpperCase())).toBe(first)
    expect((await client.token(accountId, { scopes: ['site.view', 'asset.view'] })).scopes).toEqual(scopes)
    expect(fake.calls).toHaveLength(2)

    fake.advance(300_000)
    expect((await client.token(accountId)).accessToken).toBe(first.accessToken)
    expect(fake.calls).toHaveLength(3)
    fake.advance(3_600_000)
    expect((await client.token(accountId)).accessToken).not.toBe(first.accessToken)
  })

  test.each([
    ['nobody installed', () => {}, 'INSTALLATION_NOT_FOUND'],
    ['parked', ({ setState }) => setState(accountId, 'parked'), 'CREDENTIALS_REJECTED'],
    ['uninstalled', ({ setState }) => setState(accountId, 'uninstalled'), 'INSTALLATION_UNINSTALLED'],
    ['refused', ({ refuse }) => refuse('token.issue', 'RATE_LIMITED', { retryAfterMs: 5 }), 'RATE_LIMITED'],
  ] satisfies Array<[string, (fake: ReturnType<typeof createFakeStandin>) => void, string]>)(
    'refuses with the reason of the real one: %s',
    async (state, change, reason) => {
      const fake = createFakeStandin()
      if (state !== 'nobody installed') fake.install(accountId, { scopes })
      change(fake)
      await expect(fake.client.token(accountId)).rejects.toMatchObject({ name: 'StandinClientError', reason })
    },
  )

  test('refuses input that the real one would refuse', async () => {
    const { client } = createFakeStandin()
    await expect(client.token('not an account')).rejects.toMatchObject({
      reason: 'INPUT_INVALID',
      issues: [{ path: 'accountId' }],
    })
  })

  test('fetchFor sends the token, and a newer one after a 401', async () => {
    const sent: Array<string | null> = []
    const fake = createFakeStandin({
      apiOrigins: ['https://api.example'],
      respond: ({ headers }) => {
        sent.push(headers.get('authorization'))
        return sent.length === 1 ? new Response(null, { status: 401 }) : Response.json({ machines: 3 })
      },
    })
    fake.install(accountId, { scopes })

    const answer = await fake.client.fetchFor(accountId)('https://api.example/machines')
    expect(await answer.json()).toEqual({ machines: 3 })
    expect(new Set(sent).size).toBe(2)
  })

  test('runs go where the test sends them, and watchers see it', async () => {
    const fake = createFakeStandin()
    fake.install(accountId, { scopes })
    const { runs } = fake.client
    const habits = { timeZone: 'Europe/Copenhagen', unitSystem: 'metric' } as const
    const { id, ...told } = await runs.start({
      accountId,
      actionId: 'fleet-snapshot',
      idempotencyKey: 'monday-07',
      ...habits,
    })
    expect(told).toMatchObject(habits)
    expect((await runs.start({ accountId, actionId: 'fleet-snapshot', idempotencyKey: 'monday-07' })).id).toBe(id)

    const seen: string[] = []
    for await (const event of runs.events(id)) {
      seen.push(event.type === 'state' ? event.state : event.type)
      if (seen.length === 1) fake.progress(id, { done: 1, total: 2 })
      if (event.type === 'progress') fake.end(id, { headline: '2 machines' })
    }
    expect(seen).toEqual(['queued', 'running', 'progress', 'succeeded'])
    expect(await runs.ended(id)).toMatchObject({ state: 'succeeded', headline: '2 machines' })
    await expect(runs.cancel(id)).rejects.toMatchObject({ reason: 'RUN_NOT_CANCELLABLE' })
    expect(await runs.retry(id)).toMatchObject({ state: 'queued', retryOf: id, ...habits })
  })

  test('reports installations and removals from where a reader stopped', async () => {
    const fake = createFakeStandin()
    fake.install(accountId, { scopes })
    fake.setState(accountId, 'uninstalled')

    const types: string[] = []
    for await (const event of fake.client.installations.events({ after: 1 })) {
      types.push(event.type)
      if (event.type === 'uninstalled') break
    }
    expect(types).toEqual(['active', 'uninstalled'])
    const states: string[] = []
    for await (const { state } of fake.client.installations.list()) states.push(state)
    expect(states).toEqual(['uninstalled'])
  })

  test('answers other procedures as the test defines, and reports those that it does not', async () => {
    const fake = createFakeStandin()
    await expect(fake.client.api.filter.list.query({ accountId })).rejects.toThrow("fake.answer('filter.list'")
    fake.answer('filter.list', () => ({ filters: [] }))
    expect(await fake.client.api.filter.list.query({ accountId })).toEqual({ filters: [] })
  })
})
