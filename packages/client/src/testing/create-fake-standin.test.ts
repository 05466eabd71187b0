import { describe, expect, test } from 'vitest'
import type { StandinClient } from '../create-standin-client.ts'
import { StandinClientError } from '../standin-client-error.ts'
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

  test('runs do what the test says, and watchers see it', async () => {
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

  describe('runs that act when the code under test starts them', () => {
    /** What a program may do with runs, from start to file. */
    async function report({ runs }: StandinClient) {
      const { id } = await runs.start({ accountId, actionId: 'fleet-snapshot', input: { days: 7 } })
      const run = await runs.ended(id)
      const rows: string[] = []
      for await (const row of runs.rows(id)) rows.push(row.id)
      const file = run.artifacts[0] && (await runs.download(run.artifacts[0]))
      return { run, rows, name: file?.name, content: file && new TextDecoder().decode(await file.bytes()) }
    }
    const row = (id: number) => ({ id: String(id), machine: null, cells: {}, isNew: false })

    test('progress, end with rows and files, and are read to the last page', async () => {
      const fake = createFakeStandin()
      fake.install(accountId, { scopes })
      fake.onStart('fleet-snapshot', async ({ input, progress }) => {
        progress({ done: 1, total: 2 })
        return {
          headline: `Of ${input.days} days`,
          rows: Array.from({ length: 250 }, (_, id) => row(id)),
          files: [{ name: 'a/ø.csv', mediaType: 'text/csv', content: 'a;b' }],
        }
      })

      const { run, rows, name, content } = await report(fake.client)
      expect(run).toMatchObject({ state: 'succeeded', headline: 'Of 7 days', progress: { done: 1 } })
      expect(rows).toEqual(Array.from({ length: 250 }, (_, id) => String(id)))
      expect([name, content]).toEqual(['a_ø.csv', 'a;b'])
    })

    test('fail with the reason that they throw, and stop when they are cancelled', async () => {
      const fake = createFakeStandin()
      fake.install(accountId, { scopes })
      fake.onStart('refused', () => {
        throw new StandinClientError('PLAN_REQUIRED', '')
      })
      const gate = Promise.withResolvers<void>()
      fake.onStart('endless', async ({ progress }) => {
        progress({ done: 0, total: null })
        await gate.promise
      })
      const { runs } = fake.client
      const refused = await runs.start({ accountId, actionId: 'refused' })
      expect(await runs.ended(refused.id)).toMatchObject({ state: 'failed', reason: 'PLAN_REQUIRED' })

      const endless = await runs.start({ accountId, actionId: 'endless' })
      await expect(runs.retry(endless.id)).rejects.toMatchObject({ reason: 'RUN_NOT_ENDED' })
      expect(await runs.cancel(endless.id)).toMatchObject({ state: 'cancelling' })
      gate.resolve()
      expect(await runs.ended(endless.id)).toMatchObject({ state: 'cancelled' })
    })
  })

  test('a client that retries waits no real time', async () => {
    const fake = createFakeStandin({ maxRetries: 2 })
    fake.install(accountId, { scopes })
    fake.refuse('token.issue', 'OVERLOADED', { times: 2, retryAfterMs: 45_000 })
    expect(await fake.client.token(accountId)).toMatchObject({ scopes })
    expect(fake.calls).toHaveLength(3)
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
