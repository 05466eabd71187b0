import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Licences that allow a maker to ship an app with the package in it, closed source included. */
const allowed = [
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]

test('everything that is installed with Standin has a licence that lets makers ship it', () => {
  const { stdout, stderr } = spawnSync('pnpm', ['--filter', './packages/*', 'licenses', 'list', '--prod', '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  })
  const byLicence: Record<string, Array<{ name: string }>> = JSON.parse(stdout || stderr)
  const others = Object.entries(byLicence).filter(([licence]) => !allowed.includes(licence))

  expect(byLicence.MIT?.length).toBeGreaterThan(20)
  expect(others.map(([licence, packages]) => `${licence}: ${packages.map(({ name }) => name).join(', ')}`)).toEqual([])
})
