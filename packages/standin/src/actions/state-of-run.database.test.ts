import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { StandinError } from '../standin-error.ts'
import { type AnyAction, defineAction } from './define-action.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const state = z.object({ page: z.number().default(0), label: z.string().optional() })

/** Reads three pages; the server fails after each, before the next is read. */
function paging() {
  const seen: string[] = []
  const action = defineAction({
    id: 'report',
    title: 'Report',
    description: 'A report.',
    scopes: ['a'],
    changesData: false,
    input: z.object({ most: z.number().default(3) }),
    state,
    async run({ input, state, save, durable, result, headline }) {
      expectTypeOf(state).toEqualTypeOf<Readonly<{ page: number; label?: string | undefined }>>()
      // @ts-expect-error: a state changes by save alone
      const change = () => (state.page = 3)
      expect(change).toBeTypeOf('function')
      const columns = await durable('columns', async () => {
        seen.push('columns')
        return [{ key: 'name', title: 'Name', kind: 'text' as const }]
      })
      await result.columns(columns)
      while (state.page < input.most) {
        seen.push(`page ${state.page}`)
        await result.rows([{ id: `${state.page}`, cells: { name: `row ${state.page}` } }])
        await save({ page: state.page + 1 })
        if (state.page < input.most) throw new StandinError('TRACKUNIT_UNAVAILABLE')
      }
      await headline(`${state.page} pages`)
    },
  })
  return { action, seen }
}

describe('invariant 19: a run continues from what it saved', () => {
  test('attempt after attempt, with each step done once and its rows', async () => {
    const { action, seen } = paging()
    await using stack = await createRunStack({ database, actions: [action] })
    const worker = stack.createWorker()
    const { id } = await stack.start()
    for (const _ of [1, 2, 3]) {
      await stack.sql`update runs set waiting_until = now() where id = ${id} and state = 'waiting'`
      await worker.workOn(id)
    }
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', headline: '3 pages', attempts: 3 })
    expect(seen).toEqual(['columns', 'page 0', 'page 1', 'page 2'])
    const [result] = await stack.sql`select rows, counts from run_results where run_id = ${id}`
    expect(result).toEqual({ rows: 3, counts: { total: 3, facets: [], places: null } })
  })

  test('or fails with that reason, if an earlier version stored a state that no longer fits', async () => {
    const { action, seen } = paging()
    const actions: AnyAction[] = [action]
    await using stack = await createRunStack({ database, actions })
    const worker = stack.createWorker()
    const { id } = await stack.start()
    await worker.workOn(id)
    seen.length = 0
    await stack.sql`update runs set waiting_until = now() where id = ${id}`
    actions[0] = { ...action, state: z.object({ page: z.string().default('') }) }
    await worker.workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'ACTION_CHANGED' })
    expect(seen).toEqual([])
  })
})

test.each<[string, AnyAction['run']]>([
  [
    'a row',
    async ({ result }) => {
      await result.columns([{ key: 'name', title: 'Name', kind: 'text' }])
      await result.rows([{ id: 'a', cells: { colour: 'red' } }])
    },
  ],
  [
    'a request',
    async ({ trackunit }) => {
      await trackunit.post('/orders', {})
    },
  ],
  [
    'a state',
    async ({ save }) => {
      await save({ page: 'three' })
    },
  ],
])('a mistake in %s is shown in development with the line of the action', async (_, run) => {
  const { action } = paging()
  await using stack = await createRunStack({ database, actions: [{ ...action, run }] })
  const { id } = await stack.start()
  await stack.createWorker().workOn(id)
  expect(await stack.run(id)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(/, at (async )?.*\/state-of-run\.database\.test\.ts:\d+:\d+\)?$/),
  })
})
