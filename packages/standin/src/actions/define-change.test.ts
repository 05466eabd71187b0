import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { ActionFailed } from '../runs/action-failed.ts'
import { StandinError } from '../standin-error.ts'
import { createActionStage } from '../testing/action-stage.ts'
import { type Change, type ChangeRow, defineChange } from './define-change.ts'

const input = z.object({ names: z.array(z.string()).default(['a', 'b', 'c']) })
type Closing = Partial<Change<typeof input>>

/** Closes orders. What was closed is in `closed`, in the order of the requests. */
function closing(change: Closing = {}) {
  const closed: string[] = []
  const action = defineChange({
    id: 'close-orders',
    title: 'Close',
    description: 'Closes orders.',
    scopes: ['a'],
    input,
    columns: [{ key: 'name', title: 'Name', kind: 'text' }],
    async preview({ result, input }) {
      await result.rows(input.names.map((id) => ({ id, cells: { name: `Order ${id}` } })))
    },
    apply: async (_, { id }) => void closed.push(id),
    ...change,
  })
  return { action, closed }
}

describe('a change', () => {
  test('is listed, and then made row by row, in words of its own where it has none', async () => {
    const { action, closed } = closing()
    const stage = createActionStage()
    const preview = await stage.play(action, { mode: 'preview' })
    expect(preview.headline).toBe('3 changes would be made. Nothing has changed yet.')
    expect(Object.keys(preview.files)).toEqual(['close-orders.csv', 'close-orders.xlsx'])
    expect(closed).toEqual([])

    const applied = await stage.play(action, { preview })
    expect(closed).toEqual(['a', 'b', 'c'])
    expect(applied.headline).toBe('3 changes made.')
    expect(applied.rows.map(({ cells }) => cells)).toEqual(
      ['a', 'b', 'c'].map((id) => ({ name: `Order ${id}`, outcome: 'Changed' })),
    )
    expect(Object.keys(applied.files)).toEqual(['close-orders-applied.csv'])
  })

  test('leaves out the rows that were chosen, and says so in its sentence and its list', async () => {
    const { action, closed } = closing()
    const stage = createActionStage()
    const preview = await stage.play(action, { mode: 'preview' })
    const applied = await stage.play(action, { preview, leaveOut: ['b'] })
    expect(closed).toEqual(['a', 'c'])
    expect(applied.headline).toBe('2 changes made. 1 was left out as chosen.')
    expect(applied.rows.map(({ id, cells }) => [id, cells.outcome])).toEqual([
      ['a', 'Changed'],
      ['c', 'Changed'],
      ['b', 'Left out'],
    ])
    expect(applied.progress.at(-1)).toMatchObject({ done: 2, total: 2 })
  })

  test('that stopped halfway says what was left out, too', async () => {
    const { action } = closing({
      async apply(_, { id }) {
        if (id === 'c') throw new StandinError('INTERNAL')
      },
    })
    const stage = createActionStage()
    const preview = await stage.play(action, { mode: 'preview' })
    const part = await stage.play(action, { preview, leaveOut: ['b'], endsHalfWay: true })
    expect(part.rows.map(({ id, cells }) => [id, cells.outcome])).toEqual([
      ['a', 'Changed'],
      ['c', 'Unknown'],
      ['b', 'Left out'],
    ])
    expect(part.detail).toContain('1 was left out as chosen.')
  })

  test('that finds nothing says so, and makes no file', async () => {
    const { action } = closing()
    const stage = createActionStage()
    const preview = await stage.play(action, { mode: 'preview', input: { names: [] } })
    expect([preview.headline, preview.files]).toEqual(['There is nothing to change.', {}])
    expect((await stage.play(action, { preview, input: { names: [] } })).headline).toBe('There was nothing to change.')
  })

  test('of one row that is refused says why in its row, and the others follow', async () => {
    const { action, closed } = closing({
      async apply(_, { id }) {
        if (id === 'b') throw new ActionFailed('Order b is closed')
        closed.push(id)
      },
    })
    const stage = createActionStage()
    const applied = await stage.play(action, { preview: await stage.play(action, { mode: 'preview' }) })
    expect(applied.rows.map(({ cells }) => cells.outcome)).toEqual(['Changed', 'Order b is closed', 'Changed'])
    expect(applied.headline).toBe('2 of 3 changes made.')
    expect(applied.log).toEqual(['1 change was refused. The list shows which.'])
  })

  test('that the server died in is looked up before it is made again', async () => {
    const asked: string[] = []
    const { action, closed } = closing({
      async apply({ trackunit }, { id }) {
        await trackunit.get('/api/asset/v2/assets', { size: 1, page: 0 })
        closed.push(id)
      },
      async find(_, { id }) {
        asked.push(id)
        return true
      },
    })
    const stage = createActionStage({ onRequest: (nth) => (nth === 2 ? { dieAfter: true } : 'answer') })
    const applied = await stage.play(action, { preview: await stage.play(action, { mode: 'preview' }) })
    expect([asked, closed]).toEqual([['b'], ['a', 'c']])
    expect(applied.headline).toBe('3 changes made.')
  })

  test('stops if the first ones are all refused', async () => {
    let tries = 0
    const { action } = closing({
      async apply() {
        tries++
        throw new StandinError('TRACKUNIT_REFUSED')
      },
    })
    const stage = createActionStage()
    const names = Array.from({ length: 30 }, (_, nth) => `${nth}`)
    const preview = await stage.play(action, { mode: 'preview', input: { names } })
    await expect(stage.play(action, { preview, input: { names } })).rejects.toMatchObject({
      reason: 'TRACKUNIT_REFUSED',
    })
    expect(tries).toBe(10)
  })

  test('refuses no row while Trackunit accepts no token: the run tries again from there', async () => {
    const { action } = closing({
      apply: () => Promise.reject(new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: 30_000 })),
    })
    const stage = createActionStage()
    const preview = await stage.play(action, { mode: 'preview', input: { names: ['a', 'b'] } })
    await expect(stage.play(action, { preview, input: { names: ['a', 'b'] } })).rejects.toMatchObject({
      reason: 'TRACKUNIT_REFUSED',
      retryAfterMs: 30_000,
    })
  })

  test('cannot be made by its preview', async () => {
    const { action } = closing({
      preview: async ({ trackunit }) => void (await trackunit.graphql('mutation Close { close { ok } }')),
    })
    await expect(createActionStage().play(action, { mode: 'preview' })).rejects.toMatchObject({
      reason: 'ACTION_FAULTY',
    })
  })

  test('speaks the languages of its action', () => {
    const { action } = closing({ messages: { en: {}, da: { title: 'Luk', 'change.made': 'Lukket' } } })
    expect(action.messages?.da).toMatchObject({
      title: 'Luk',
      'change.made': 'Lukket',
      'change.refused': 'Ikke ændret',
    })
    expect(closing().action.messages).toBeUndefined()
  })

  test('keeps the names that count its rows', () => {
    const state = z.object({ done: z.number().default(0) })
    const define = () =>
      defineChange({
        id: 'x',
        title: 'X',
        description: 'X.',
        scopes: [],
        input,
        columns: [],
        state,
        preview: async () => {},
        apply: async () => {},
      })
    expect(define).toThrow('Action "x": its state has "done"')
  })
})

test('the types of input, state and row follow from the schemas', () => {
  defineChange({
    id: 'x',
    title: 'X',
    description: 'X.',
    scopes: [],
    columns: [],
    input,
    state: z.object({ page: z.number().default(0) }),
    async preview({ input, state, save }) {
      expectTypeOf(input).toEqualTypeOf<{ names: string[] }>()
      expectTypeOf(state.page).toEqualTypeOf<number>()
      expectTypeOf(save).parameter(0).toEqualTypeOf<{ page?: number } | undefined>()
    },
    async apply({ input }, row) {
      expectTypeOf(input.names).toEqualTypeOf<string[]>()
      expectTypeOf(row).toEqualTypeOf<ChangeRow>()
    },
  })
})
