import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchSources } from './watch-sources.ts'

test('names every source of a series of changes, and neither tests nor what only a compiler reads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-sources-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'actions'))
  const named = new Set<string>()
  const bothNamed = Promise.withResolvers<void>()
  const end = watchSources(folder, (files) => {
    for (const file of files) named.add(file)
    if (named.size === 2) bothNamed.resolve()
  })
  onTestFinished(end)

  for (const file of ['tsconfig.json', 'actions/count.test.ts', 'actions/count.ts', 'standin.config.ts'])
    writeFileSync(join(folder, file), '')
  await bothNamed.promise
  expect(named).toEqual(new Set(['actions/count.ts', 'standin.config.ts']))
})
