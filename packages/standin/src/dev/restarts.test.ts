import { expect, test } from 'vitest'
import { createRestarts } from './restarts.ts'

test('reports a mistake in the configuration, stops nothing, and notices the next change', async () => {
  const said: string[] = []
  const started: string[] = []
  let mistake: string | undefined = 'standin.config.ts is not usable (name: too long)'
  const runsAgain = Promise.withResolvers<void>()
  const refused = Promise.withResolvers<void>()
  const changed = createRestarts({
    say: (line) => {
      said.push(line)
      if (line.includes('has restarted')) runsAgain.resolve()
      else refused.resolve()
    },
    isStopping: () => false,
    isServerReady: async () => true,
    startAgain: async (part) => {
      started.push(part)
      return { ended: Promise.resolve(0) }
    },
    readConfig: async () => {
      if (mistake) throw new Error(mistake)
    },
  })

  changed('standin.config.ts')
  await refused.promise
  expect(started).toEqual([])
  expect(said).toEqual([expect.stringContaining('name: too long')])

  mistake = undefined
  changed('standin.config.ts')
  await runsAgain.promise
  expect(started).toEqual(['simulator', 'server'])
})
