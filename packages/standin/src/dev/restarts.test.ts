import { expect, test } from 'vitest'
import { createRestarts } from './restarts.ts'

/** With a mistake in the configuration or in the sources, until it is mended. */
function playRestarts(mistakes: { config?: string; sources?: string }) {
  const said: string[] = []
  const started: string[] = []
  const [refused, runsAgain] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isMended = false
  const check = async (mistake: string | undefined) => {
    if (mistake && !isMended) throw new Error(mistake)
  }
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
    readConfig: () => check(mistakes.config),
    checkSources: () => check(mistakes.sources),
  })
  const mend = () => {
    isMended = true
  }
  return { changed, said, started, mend, refused: refused.promise, runsAgain: runsAgain.promise }
}

test('reports a mistake in the configuration, stops nothing, and notices the next change', async () => {
  const dev = playRestarts({ config: 'standin.config.ts is not usable (name: too long)' })

  dev.changed(['standin.config.ts'])
  await dev.refused
  expect(dev.started).toEqual([])
  expect(dev.said).toEqual([expect.stringContaining('name: too long')])

  dev.mend()
  dev.changed(['standin.config.ts'])
  await dev.runsAgain
  expect(dev.started).toEqual(['simulator', 'server'])
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
  const dev = playRestarts({ sources: "actions/broken.ts:3: SyntaxError: Expected ','" })

  dev.changed(['standin.config.ts', 'actions/broken.ts'])
  await dev.refused
  expect(dev.started).toEqual([])
  expect(dev.said).toEqual([
    "actions/broken.ts:3: SyntaxError: Expected ','\nThe last good version still serves. Standin tries again after the next change.",
  ])

  dev.mend()
  dev.changed(['actions/broken.ts'])
  await dev.runsAgain
  expect(dev.started).toEqual(['simulator', 'server'])
  expect(dev.said.at(-1)).toContain('standin.config.ts, actions/broken.ts changed')
})
