import { z } from 'zod'
import { defineAction } from '../src/actions/define-action.ts'
import { StandinError } from '../src/standin-error.ts'

/** Counts each key on the test's server, each count an effect, with a checkpoint and a log line after every second one. */
export const createCountingAction = (counter: string) =>
  defineAction({
    id: 'counting',
    title: 'Counting',
    description: 'Counts on a server.',
    input: z.object({ name: z.string(), keys: z.int() }),
    scopes: [],
    changesData: true,
    mayOverlap: true,
    async run({ input: { name, keys }, effect, checkpoint, resumedFrom, artifact, result, signal }) {
      const ask = async (method: 'GET' | 'POST', key: string) => {
        const answer = await fetch(`${counter}/${key}`, { method, signal }).catch(() => undefined)
        if (!answer?.ok) throw new StandinError('TRACKUNIT_UNAVAILABLE')
        return Number(await answer.text())
      }
      const file = await artifact({ name: 'counted.txt', mediaType: 'text/plain' })
      await result.columns([{ key: 'count', title: 'Count', kind: 'number' }])
      for (let nth = Number(resumedFrom ?? 0); nth < keys; nth++) {
        const key = `${name}-${nth}`
        const count = await effect({
          key,
          find: async () => ((await ask('GET', key)) > 0 ? 1 : undefined),
          do: () => ask('POST', key),
        })
        await file.write(`${key} ${count}\n`)
        await result.rows([{ id: key, machine: null, cells: { count } }])
        if (nth % 2 === 1 || nth === keys - 1) await checkpoint(nth + 1)
      }
    },
  })
