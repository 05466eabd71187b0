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
    checkSources: async () => {},
  })

  changed(['standin.config.ts'])
  await refused.promise
  expect(started).toEqual([])
  expect(said).toEqual([expect.stringContaining('name: too long')])

  mistake = undefined
  changed(['standin.config.ts'])
  await runsAgain.promise
  expect(started).toEqual(['simulator', 'server'])
})

test('a file that changes during a restart hides none of the files before it', async () => {
  const said: string[] = []
  const firstStart = Promise.withResolvers<void>()
  const reported = Promise.withResolvers<void>()
  let starts = 0
  const changed = createRestarts({
    say: (line) => {
      said.push(line)
      reported.resolve()
    },
    isStopping: () => false,
    isServerReady: async () => starts > 1,
    startAgain: async () => {
      starts++
      firstStart.resolve()
      return { ended: Promise.withResolvers<number>().promise }
    },
    readConfig: async () => {},
    checkSources: async () => {},
  })

  changed(['actions/count-machines.ts'])
  await firstStart.promise
  changed(['package.json'])
  await reported.promise
  expect(said).toEqual([
    'actions/count-machines.ts, package.json changed: the server has restarted, and runs continue.',
  ])
})

test('a mistake in an action stops nothing; what changed with it takes effect with the next change', async () => {
  const said: string[] = []
  const started: string[] = []
  let mistake: string | undefined = "actions/broken.ts:3: SyntaxError: Expected ','"
  const refused = Promise.withResolvers<void>()
  const runsAgain = Promise.withResolvers<void>()
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
    readConfig: async () => {},
    checkSources: async () => {
      if (mistake) throw new Error(mistake)
    },
  })

  changed(['standin.config.ts', 'actions/broken.ts'])
  await refused.promise
  expect(started).toEqual([])
  expect(said).toEqual([
    "actions/broken.ts:3: SyntaxError: Expected ','\nThe last good version still serves. Standin tries again after the next change.",
  ])

  mistake = undefined
  changed(['actions/broken.ts'])
  await runsAgain.promise
  expect(started).toEqual(['simulator', 'server'])
  expect(said.at(-1)).toContain('standin.config.ts, actions/broken.ts changed')
})
