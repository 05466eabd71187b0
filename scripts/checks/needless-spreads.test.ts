import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const notOurs = ['node_modules', 'dist']

/** An object that is written only to be spread at once: its properties belong one level up. */
const needlessSpread = /\.\.\.\{/

test.each([
  ['{ ...{ db, clock }, log }', true],
  ['{ ...ctx, db }', false],
  ['{ ...(isOld && { age }) }', false],
])('knows whether %s spreads without need', (text, isNeedless) => {
  expect(needlessSpread.test(text)).toBe(isNeedless)
})

test('no object is spread where its properties could stand', () => {
  const paths = globSync('{apps,packages,e2e,bench,scripts}/**/*.{ts,tsx,js,mjs}', {
    cwd: root,
    exclude: (path) => notOurs.includes(basename(path)),
  }).filter((path) => path !== 'scripts/checks/needless-spreads.test.ts')

  expect(paths.length).toBeGreaterThan(100)
  expect(paths.filter((path) => needlessSpread.test(readFileSync(join(root, path), 'utf8')))).toEqual([])
})
