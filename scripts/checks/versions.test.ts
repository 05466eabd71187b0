import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { version } from '../../packages/standin/src/version.ts'

const root = join(import.meta.dirname, '../..')

test('all packages are released with one number, which the server says', () => {
  const packages = globSync('packages/*/package.json', { cwd: root }).map((path) =>
    JSON.parse(readFileSync(join(root, path), 'utf8')),
  )
  expect(packages.length).toBeGreaterThanOrEqual(6)
  expect(packages.map(({ name, version: own }) => `${name} ${own}`)).toEqual(
    packages.map(({ name }) => `${name} ${version}`),
  )
})
