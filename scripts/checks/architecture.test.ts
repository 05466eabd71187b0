import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stepsOf, wrongSteps } from './architecture.ts'

const root = join(import.meta.dirname, '../..')
const house = join(root, 'packages/standin/src')
const document = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

function read(file: string): string | undefined {
  const path = join(house, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

test.each(['callback', 'token', 'run'])('the steps of a %s are those that the code takes, in its order', (path) => {
  const [, section = ''] = document.split(`\n## The path of a ${path}\n`)
  const steps = stepsOf(section.split('\n## ')[0] ?? '')

  expect(steps.length).toBeGreaterThan(10)
  expect(wrongSteps(steps, read)).toEqual([])
})

test('docs/architecture.md names every folder of packages/standin/src', () => {
  const folders = globSync('*/', { cwd: house })
  expect(folders.length).toBeGreaterThan(10)
  expect(folders.filter((folder) => !document.includes(`\`${folder}\``))).toEqual([])
})

const sources: Record<string, string> = {
  'wiring/serve-http.ts': "import { receive } from '../route.ts'\n",
  'wiring/background-loops.ts': "import { ask } from '../ask.ts'\nconst row = { name: 'ask' }",
  'route.ts':
    "import { check } from './check.ts'\nimport { apply } from './apply.ts'\nexport const receive = () => apply(check())\n",
  'check.ts': 'export const check = () => 1\n',
  'apply.ts': 'export function apply(ctx) {\n  return ctx.ask()\n}\n',
  'ask.ts': 'export async function ask() {}\n',
}

test.each([
  ['the order of calls', ['1. `route.ts` `receive`', '   - `check.ts` `check`', '   - `apply.ts` `apply`'], []],
  [
    'a hook',
    [
      '1. `route.ts` `receive`',
      '   - `apply.ts` `apply`',
      '     - `ask.ts` `ask` (hook `ask`, wired in `wiring/background-loops.ts`)',
    ],
    [],
  ],
  ['a loop', ['1. `ask.ts` `ask` (loop `ask`): asks.'], []],
  [
    'another order',
    ['1. `route.ts` `receive`', '   - `apply.ts` `apply`', '   - `check.ts` `check`'],
    ['receive calls check before apply'],
  ],
  ['a missing file', ['1. `gone.ts` `receive`'], ['gone.ts receive does not exist']],
  ['a missing function', ['1. `route.ts` `gone`'], ['route.ts gone does not exist']],
  [
    'a missing import',
    ['1. `check.ts` `check`'],
    ['wiring/serve-http.ts or wiring/background-loops.ts or wiring/hear-others.ts does not import check.ts check'],
  ],
  ['a missing loop', ['1. `ask.ts` `ask` (loop `tell`)'], ["wiring/background-loops.ts has no loop 'tell'"]],
  [
    'a hook that its caller does not use',
    ['1. `route.ts` `receive`', '   - `ask.ts` `ask` (hook `ask`, wired in `wiring/background-loops.ts`)'],
    ['receive in route.ts does not use ask'],
  ],
])('knows %s', (_title, lines, wrong) => {
  expect(wrongSteps(stepsOf(lines.join('\n')), (file) => sources[file])).toEqual(wrong)
})
