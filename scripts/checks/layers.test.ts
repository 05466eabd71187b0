import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importCircles, wrongImports } from './layers.ts'

const root = join(import.meta.dirname, '../..')

/** Every source of the packages and the two apps, tests left out, by its path. */
function sources(): Map<string, string> {
  const paths = globSync('{apps,packages}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|test|template)(\/|$)|\.test\.tsx?$/.test(path),
  })
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

const room = 'packages/standin/src'

test.each([
  [
    'a rule that imports a later stage',
    `${room}/accounts/approve.ts`,
    "import { issueToken } from '../tokens/issue-token.ts'",
  ],
  ['a type of a later stage', `${room}/runs/accept.ts`, "import type { Action } from '../actions/define-action.ts'"],
  ['a dynamic import of a later stage', `${room}/audit/record.ts`, "await import('../runs/run-store.ts')"],
  ['a re-export of a later stage', `${room}/config/config.ts`, "export * from '../database/database.ts'"],
  ['a folder that is not in the list', `${room}/misc/thing.ts`, "import { x } from '../runs/run-store.ts'"],
  ['a path into another package', `${room}/runs/accept.ts`, "import { x } from '../../../client/src/index.ts'"],
  ['a package above', 'packages/contracts/src/run.ts', "import { x } from '@standin/client'"],
  ['the simulator in the product', `${room}/runs/accept.ts`, "import { x } from '@standin/trackunit-simulator'"],
  ['the server in the app', 'packages/iris-ui/src/app.tsx', "import type { x } from 'standin'"],
  ['a database library in a rule', `${room}/runs/accept.ts`, "import { eq } from 'drizzle-orm'"],
  ['a web framework in a rule', `${room}/tokens/issue.ts`, "import type { FastifyInstance } from 'fastify'"],
])('refuses %s', (_title, path, source) => {
  expect(wrongImports(new Map([[path, source]]))).toHaveLength(1)
})

test.each([
  ['an earlier stage', `${room}/tokens/issue.ts`, "import { findAccount } from '../accounts/account-store.ts'"],
  ['a neighbour', `${room}/runs/accept.ts`, "import { promote } from './promote.ts'"],
  ['the contract', `${room}/runs/accept.ts`, "import type { Run } from '@standin/contracts'"],
  ['the product by its name', 'apps/server/src/main.ts', "import { runServer } from 'standin'"],
])('lets %s pass', (_title, path, source) => {
  expect(wrongImports(new Map([[path, source]]))).toEqual([])
})

test('nothing imports upwards', () => {
  const files = sources()
  expect(files.size).toBeGreaterThan(400)
  expect(wrongImports(files)).toEqual([])
})

test('nothing imports in a circle', () => {
  const circle = new Map([
    ['packages/a/src/one.ts', "import './two.ts'"],
    ['packages/a/src/two.ts', "import './one.ts'"],
  ])
  expect(importCircles(circle)).toEqual([['packages/a/src/one.ts', 'packages/a/src/two.ts']])
  expect(importCircles(sources())).toEqual([])
})

test('no folder of packages/standin has more than 40 sources', () => {
  const counts = Map.groupBy(
    [...sources().keys()].filter((path) => path.startsWith(`${room}/`)),
    (path) => path.slice(0, path.lastIndexOf('/')),
  )
  expect([...counts].filter(([, files]) => files.length > 40).map(([folder]) => folder)).toEqual([])
})

test('the fast path is one short folder: what is beside Fastify is justified by a row of the benchmark', () => {
  const files = [...sources()].filter(([path]) => path.startsWith(`${room}/http/fast-path/`))
  const lines = files.reduce((sum, [, source]) => sum + source.split('\n').length, 0)
  expect(lines).toBeGreaterThan(50)
  expect(lines).toBeLessThanOrEqual(250)
})
