import { z } from 'zod'
import { defineAction } from '../../src/actions/define-action.ts'
import { defineChange } from '../../src/actions/define-change.ts'
import { ActionFailed } from '../../src/runs/action-failed.ts'

/** Counts up to a number, or fails as its input says. */
export const countUp = defineAction({
  id: 'count-up',
  title: 'Count up',
  description: 'Counts.',
  scopes: ['a'],
  changesData: false,
  input: z.object({ to: z.int().default(3), fails: z.boolean().default(false) }),
  async run({ input, step, progress, log, headline }) {
    await step('Count', async () => {
      await progress({ done: input.to, total: input.to, message: 'counted' })
      await log('half way')
      if (input.fails) throw new ActionFailed('There is no such number')
    })
    await headline(`Counted to ${input.to}.`)
  },
})

/** Closes an order. */
export const closeOrder = defineChange({
  id: 'close-order',
  title: 'Close order',
  description: 'Closes it.',
  scopes: ['a'],
  input: z.object({ order: z.string().default('7') }),
  columns: [{ key: 'order', title: 'Order', kind: 'text' }],
  preview: ({ result, input }) => result.rows([{ id: input.order, cells: { order: input.order } }]),
  apply: async () => {},
})
