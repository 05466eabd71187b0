import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { actionsIn } from 'standin'
import { expect, test } from 'vitest'
import { referenceActions, testsOfReferenceActions } from '../reference-actions.ts'

// A maker removes the reference actions by deleting their folder, and nothing else fails: not the types, not the checks, not a
// test. The documents may name them: scripts/checks/documents.test.ts allows for it.

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const isSource = (path: string) =>
  !/(^|\/)(node_modules|dist|\.cache)(\/|$)/.test(path) && !path.startsWith(referenceActions)
const files = globSync(
  ['*.{ts,json,jsonc}', '{apps,packages,scripts,e2e,bench,deploy}/**/*.{ts,tsx,js,mjs,json,yaml}'],
  {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|\.cache)$/.test(path),
  },
).filter(isSource)

test('no file outside the folder of the reference actions imports or names one of its files', () => {
  const own = ['scripts/reference-actions.ts', 'scripts/checks/reference-actions.test.ts']
  expect(files.length).toBeGreaterThan(1_000)
  expect(files.filter((path) => /server\/src\/actions\/[\w-]/.test(read(path)) && !own.includes(path))).toEqual([])
})

test('a test of whole processes that names a reference action is left out without them', async () => {
  const ids = (await actionsIn(join(root, referenceActions))).map(({ id }) => id)
  const namesOne = new RegExp(`['"/](?:${ids.join('|')})['"/]`)
  /** With what it imports from its own folder: a rig may start the action. */
  const withRigs = (path: string) => {
    const rigs = [...read(path).matchAll(/from '(\.\/[\w./-]+)'/g)].map(([, rig = '']) => join(dirname(path), rig))
    return [path, ...rigs].map(read).join('\n')
  }
  const naming = files.filter(
    (path) => /^e2e\/.*\.test\.ts$/.test(path) && ids.length > 0 && namesOne.test(withRigs(path)),
  )

  const left = naming.filter((path) => !testsOfReferenceActions.includes(path))
  expect(left).toEqual(ids.length > 0 ? ['e2e/app/pictures/pictures.test.ts'] : []) // It renders answers of its own.
})
