import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { placeholderIn } from '../placeholder-in.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const packages = globSync('packages/*/package.json', { cwd: root }).sort()
const { repository } = JSON.parse(read('package.json'))

test.each(packages)('%s says the repository of the root’s package.json, with its own folder', (path) => {
  expect(JSON.parse(read(path)).repository).toEqual({ ...repository, directory: dirname(path) })
})

test.each(packages)('%s is not published before the repository is checked', (path) => {
  const { prepublishOnly } = JSON.parse(read(path)).scripts
  expect(prepublishOnly).toBe('node ../../scripts/before-publishing.ts')
  expect(packages.length).toBeGreaterThanOrEqual(6)
})

const withUrl = (url: string) => `{\n  "name": "all",\n  "repository": {\n    "url": "${url}"\n  }\n}\n`

test.each([
  'git+https://git.standin.example/standin.git',
  'https://standin.invalid/',
  'ssh://git@git.standin.test/standin.git',
  '',
  'standin/standin',
])('refuses to publish with the address "%s", and names the line to change', (url) => {
  expect(placeholderIn(withUrl(url))).toMatch(/^Nothing is published: .* package\.json, line 4, replace/)
})

test.each(['git+https://git.acme.com/standin.git', 'ssh://git@git.acme.com/example.git', 'https://example.acme.com/'])(
  'lets packages be published with the address %s',
  (url) => {
    expect(placeholderIn(withUrl(url))).toBeUndefined()
  },
)
