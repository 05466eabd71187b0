import { z } from 'zod'
import { defineAction, type RunContext } from '../src/actions/define-action.ts'

/** An action without input that does what the test says. */
export const createReportAction = (run: (context: RunContext<object>) => Promise<unknown> = async () => {}) =>
  defineAction({
    id: 'report',
    title: 'Report',
    description: 'A report.',
    input: z.object({}),
    scopes: ['a'],
    changesData: false,
    mayOverlap: true,
    run: async (context) => void (await run(context)),
  })
