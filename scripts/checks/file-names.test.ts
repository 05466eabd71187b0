import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const notOurs = ['node_modules', 'dist']

test.each([
  ['packages/standin/src/utils.ts', true],
  ['packages/standin/src/helpers', true],
  ['packages/client/src/token-utils.ts', true],
  ['e2e/common.test.ts', true],
  ['packages/standin/src/database/shared-lock.ts', false],
])('knows whether %s has found its owner', (path, isNameless) => {
  expect(hasNoOwner(path)).toBe(isNameless)
})

test('no file or folder has a name that says nothing, such as utils', () => {
  const paths = globSync('{apps,packages,e2e,bench,scripts}/**', {
    cwd: root,
    exclude: (path) => notOurs.includes(basename(path)),
  })

  expect(paths.length).toBeGreaterThan(100)
  expect(paths.filter(hasNoOwner)).toEqual([])
})

function hasNoOwner(path: string): boolean {
  const [name = ''] = basename(path).split('.')
  return /(^|-)(utils?|helpers?|common|shared)$/.test(name)
}
