import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const notOurs = ['node_modules', 'dist']

/** An object or a list that is written only to be spread at once: what it holds belongs one level up. */
const needlessSpread = /\.\.\.\{|\.\.\.\[[^[\]]*\],?$/m

test.each([
  ['{ ...{ db, clock }, log }', true],
  ['{ ...ctx, db }', false],
  ['[\n  ...[id, name],\n  at,\n]', true],
  ['[...[from, to].map(text), at]', false],
  ['{ ...(isOld && { age }) }', false],
])('knows whether %s spreads without need', (text, isNeedless) => {
  expect(needlessSpread.test(text)).toBe(isNeedless)
})

test('nothing is spread where its parts could be written directly', () => {
  const paths = globSync('{apps,packages,e2e,bench,scripts}/**/*.{ts,tsx,js,mjs}', {
    cwd: root,
    exclude: (path) => notOurs.includes(basename(path)),
  }).filter((path) => path !== 'scripts/checks/needless-spreads.test.ts')

  expect(paths.length).toBeGreaterThan(100)
  expect(paths.filter((path) => needlessSpread.test(readFileSync(join(root, path), 'utf8')))).toEqual([])
})
