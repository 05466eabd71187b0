import { z } from 'zod'
import { defineAction } from '../src/actions/define-action.ts'

const lines = 6

/** Writes numbered lines with a checkpoint after each; it can be made to hang at one of them, with a line half written. */
export const createLinesAction = ({
  standsStillAfter,
  say,
}: {
  standsStillAfter?: number
  say: (line: number) => void
}) =>
  defineAction({
    id: 'lines',
    title: 'Lines',
    description: 'Writes lines.',
    input: z.object({}),
    scopes: [],
    changesData: false,
    async run({ artifact, checkpoint, resumedFrom }) {
      const file = await artifact({ name: 'lines.txt', mediaType: 'text/plain' })
      for (let line = Number(resumedFrom ?? 0) + 1; line <= lines; line++) {
        await file.write(`line ${line}\n`)
        await checkpoint(line)
        say(line)
        if (line !== standsStillAfter) continue
        await file.write('x'.repeat(300_000)) // In the database, but not kept.
        await new Promise(() => {})
      }
    },
  })
