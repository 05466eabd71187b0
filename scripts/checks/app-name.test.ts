import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorReasons } from '@standin/contracts'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** What customers read: the app, and what actions, emails, files and the pages behind emails' links say. */
const readByCustomers = [
  'packages/iris-ui/src/**/*.{ts,tsx,css}',
  'apps/iris-app/*.{ts,tsx}',
  'apps/iris-app/extensions/**/*.{ts,tsx}',
  'apps/iris-app/index.html',
  'apps/server/src/actions/**/*.ts',
  'packages/standin/src/{deliveries,receivers,results,activity}/**/*.ts',
]

/** Without comments; names in code such as `StandinApp` are words of their own. */
const namesUs = (source: string) =>
  source
    .replaceAll(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, '')
    .split('\n')
    .filter((line) => /\bStandin\b/.test(line.replace(/(^|\s)\/\/ .*/, '')))

test.each([
  ["working: 'Standin is working.',", true],
  ['<h1>Standin cannot be shown here.</h1>', true],
  ['export function StandinApp() {}', false],
  ['/** Why Standin paused it. */', false],
  ['const a = 1 // Standin does.', false],
])('knows whether %s says our name', (line, says) => {
  expect(namesUs(line).length > 0).toBe(says)
})

test('customers read the name that standin.config.ts gives the app, never ours', () => {
  const files = globSync(readByCustomers, { cwd: root }).filter((path) => !/\.(test|fixture)\.tsx?$/.test(path))
  expect(files.length).toBeGreaterThan(300)
  const found = files.flatMap((path) =>
    namesUs(readFileSync(join(root, path), 'utf8')).map((line) => `${path}: ${line}`),
  )
  expect(found).toEqual([])
})

test('no reason of an error says it, since emails and services pass these on', () => {
  const messages = Object.values(errorReasons).map(({ message }) => message)
  expect(messages.filter((message) => namesUs(message).length > 0)).toEqual([])
})
