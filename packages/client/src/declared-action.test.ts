import { expect, test } from 'vitest'
import { z } from 'zod'
import type { StandinClient } from './create-standin-client.ts'
import { createFakeStandin } from './testing/create-fake-standin.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
const actions = [
  { id: 'count', input: z.object({ days: z.int(), by: z.enum(['site', 'group']).default('site') }) },
  { id: 'list', input: z.object({ search: z.string().optional() }) },
] as const

// Compiled, not run: `input` is that of the action.
export async function use({ runs }: StandinClient<typeof actions>): Promise<void> {
  await runs.start({ accountId, actionId: 'count', input: { days: 7 } })
  await runs.start({ accountId, actionId: 'list' })
  // @ts-expect-error this action needs an input
  await runs.start({ accountId, actionId: 'count' })
  // @ts-expect-error of another type
  await runs.start({ accountId, actionId: 'count', input: { days: 'seven' } })
  // @ts-expect-error that is another action's input
  await runs.start({ accountId, actionId: 'list', input: { days: 7 } })
  // @ts-expect-error there is no such action
  await runs.start({ accountId, actionId: 'recount', input: { days: 7 } })
}

// A module that exports actions, among other things.
interface Exported {
  count: (typeof actions)[0]
  list: (typeof actions)[1]
  countedColumns: string[]
  total(): number
}

export async function useModule({ runs }: StandinClient<Exported>): Promise<void> {
  await runs.start({ accountId, actionId: 'count', input: { days: 7 } })
  // @ts-expect-error of another type
  await runs.start({ accountId, actionId: 'count', input: { days: 'seven' } })
  // @ts-expect-error there is no such action
  await runs.start({ accountId, actionId: 'countedColumns', input: {} })
}

test('a fake for declared actions gives each act the input of its action', async () => {
  const fake = createFakeStandin<typeof actions>()
  fake.install(accountId, { scopes: [] })
  fake.onStart('count', ({ input: { days } }) => ({ headline: `${days.toFixed(1)} days` }))
  const { id } = await fake.client.runs.start({ accountId, actionId: 'count', input: { days: 7 } })
  expect(await fake.client.runs.ended(id)).toMatchObject({ headline: '7.0 days' })
  const anyClient: StandinClient = fake.client // For code that takes any client.
  expect(anyClient).toBe(fake.client)
})
