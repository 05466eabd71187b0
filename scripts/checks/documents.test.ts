import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import app from '../../standin.config.ts'
import { errorReasonsPage } from '../docs/error-reasons-page.ts'
import { hasReferenceActions, referenceActions } from '../reference-actions.ts'

const root = join(import.meta.dirname, '../..')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/README.md',
  ...globSync('{docs,packages/*}/*.md', { cwd: root }),
].filter((path) => !path.includes('CHANGELOG'))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
/** What a document says of the reference actions stays true for those who have not deleted them. */
const isDeleted = (path: string) => !hasReferenceActions && path.startsWith(referenceActions)
const prose = (path: string) => read(path).replaceAll(/```[\s\S]*?```/g, '')

/** Words in backquotes that are a path: a known first folder, or a file name with a known ending. */
function pathsIn(document: string): string[] {
  const quoted = [...prose(document).matchAll(/`([^`\s]+)`/g)].map(([, text]) => text ?? '')
  return quoted.filter(
    (text) => /^(apps|packages|e2e|scripts|docs|deploy)\//.test(text) || /^[\w.-]+\.(md|ya?ml|config\.ts)$/.test(text),
  )
}

test.each(documents)('the paths that %s names exist', (document) => {
  const missing = pathsIn(document).filter(
    (path) =>
      !/[<>*…]|\/dist$/.test(path) &&
      !isDeleted(path) &&
      !existsSync(join(root, path)) &&
      !existsSync(join(root, dirname(document), path)),
  )
  expect(missing).toEqual([])
})

test.each(documents)('the links of %s lead somewhere', (document) => {
  const targets = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? '')
  expect(targets.filter((target) => !existsSync(join(root, dirname(document), target)))).toEqual([])
})

test.each(documents)('the commands that %s names exist', (document) => {
  const { scripts } = JSON.parse(read('package.json'))
  const named = [...read(document).matchAll(/npm (?:run (?:--silent )?)?([\w:]+)/g)].map(([, name]) => name ?? '')
  const builtIn = [
    'publish',
    'registry',
    'ci',
    'install',
    'ls',
    'alone',
    'packages',
    'package',
    'and',
    'is',
    'passes',
    'dlx',
    'create',
    'update',
    'test',
  ]
  expect(named.filter((name) => !(name in scripts) && !builtIn.includes(name))).toEqual([])
})

/** `installations rollback ID`: a group and a command of the operator's program, as its own sources name them. */
const operatorCommands = new Map(
  globSync('packages/standin/src/operator/*-command.ts', { cwd: root }).map((path) => {
    const group = path.split('/').at(-1)?.replace('-command.ts', '') ?? ''
    const sources = globSync(`packages/standin/src/operator/${group}-*.ts`, { cwd: root }).map(read).join('\n')
    const names = [...sources.matchAll(/\.command\('([\w-]+)|^ {2}(\w+): \{$/gm)].map(
      ([, typed, key]) => typed ?? key ?? '',
    )
    return [group, names]
  }),
)

test.each(documents)('the commands of %s run with the repository’s own Node, whatever the machine has', (document) => {
  expect(read(document).match(/npx (vitest|biome|tsc|knip).*/g) ?? []).toEqual([])
})

test('the operator’s program has commands', () => {
  expect([...operatorCommands.keys()]).toContain('callbacks')
  expect(operatorCommands.get('installations')).toEqual(expect.arrayContaining(['list', 'show', 'rollback', 'erase']))
  expect(operatorCommands.get('encryption-keys')).toContain('reencrypt')
})

test.each(documents)('the operator’s commands that %s names exist', (document) => {
  const groups = [...operatorCommands.keys()].join('|')
  const named = [...read(document).matchAll(new RegExp(`[\`"](${groups}) ([a-z][\\w-]*)`, 'g'))]
  const missing = named.filter(([, group = '', name = '']) => !operatorCommands.get(group)?.includes(name))
  expect(missing.map(([text]) => text)).toEqual([])
})

test('the settings that README.md lists are those that the server reads', () => {
  const schema =
    /const environmentSchema = z\.object\(\{([\s\S]*?)\n\}\)/.exec(
      read('packages/standin/src/config/environment-schema.ts'),
    )?.[1] ?? ''
  const readByServer = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name ?? '')
  const table = read('README.md').split('## Settings')[1] ?? ''
  const listed = [...table.matchAll(/`([A-Z]+(?:_[A-Z]+)*)(?:=\w+)?`/g)].map(([, name]) => name ?? '')

  expect(readByServer.length).toBeGreaterThan(20)
  expect(readByServer.filter((name) => !listed.includes(name))).toEqual([])
  expect(listed.filter((name) => !readByServer.includes(name) && name !== 'NAME_FILE')).toEqual([])
})

/** `| 3 | what is promised | the test, or "not yet" |` */
const invariants = [...read('docs/invariants.md').matchAll(/^\| (\d+) \|(.*)\|(.*)\|$/gm)].map(
  ([, number, promise, heldBy]) => ({
    number: Number(number),
    promise: promise?.trim() ?? '',
    heldBy: heldBy?.trim() ?? '',
  }),
)

test('docs/invariants.md has each invariant once, in order', () => {
  const numbers = invariants.map(({ number }) => number)
  expect(numbers.slice(0, 24)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
})

test.each(invariants)(
  'invariant $number is held by the tests that docs/invariants.md names, or said to be open',
  ({ number, heldBy }) => {
    const tests = [...heldBy.matchAll(/`([^`]+\.test\.tsx?)`/g)].map(([, path]) => path ?? '')
    const remaining = tests.filter((path) => !path.startsWith(referenceActions))
    expect(remaining.length > 0 || /not yet/.test(heldBy)).toBe(true)
    for (const path of tests.filter((each) => !isDeleted(each)))
      expect(read(path), path).toMatch(new RegExp(`invariants? (?:\\d+, )*${number}\\b`))
  },
)

test('a test that names an invariant is listed in docs/invariants.md', () => {
  const tests = globSync('{apps,packages,e2e,scripts}/**/*.test.{ts,tsx}', {
    cwd: root,
    exclude: (path) => /node_modules|dist/.test(path),
  })
  const named = tests.flatMap((path) =>
    [...read(path).matchAll(/invariant (\d+):/g)].map(([, number]) => `${number} ${path}`),
  )
  const listed = new Set(
    invariants.flatMap(({ number, heldBy }) =>
      [...heldBy.matchAll(/`([^`]+\.test\.tsx?)`/g)].map(([, path]) => `${number} ${path}`),
    ),
  )
  expect([...new Set(named)].filter((each) => !listed.has(each))).toEqual([])
})

test('the lock files hold no address of a registry', () => {
  expect(read('pnpm-lock.yaml')).not.toMatch(/https?:/)
})

test('every changeset names packages that exist, and what kind of change it is', () => {
  const names = globSync('packages/*/package.json', { cwd: root }).map((path) => JSON.parse(read(path)).name)
  const changesets = globSync('.changeset/*.md', { cwd: root })
  expect(changesets.length).toBeGreaterThan(0)
  for (const path of changesets) {
    const front = /^---\n([\s\S]*?)\n---\n\n\S/.exec(read(path))?.[1] ?? ''
    const changes = front.split('\n').map((line) => /^'([^']+)': (?:major|minor|patch)$/.exec(line)?.[1])
    expect(
      changes.every((name) => name !== undefined && names.includes(name)),
      path,
    ).toBe(true)
  }
})

test('docs/error-reasons.md has every reason as the contracts declare it (npm run docs writes it)', () => {
  expect(read('docs/error-reasons.md')).toBe(errorReasonsPage())
})

test('the sidebar of the site has every page of docs/', () => {
  const linked = [...read('docs/.vitepress/config.ts').matchAll(/: '\/([\w-]+)'/g)].map(([, name]) => name ?? '')
  const pages = globSync('docs/*.md', { cwd: root }).map((path) => path.slice('docs/'.length, -'.md'.length))
  expect([...linked, 'index'].sort()).toEqual(pages.sort())
})

test('docs/trackunit-review.md says why the app needs each scope', () => {
  const rows = [...read('docs/trackunit-review.md').matchAll(/^\| `([\w.-]+)` \|/gm)].map(([, scope]) => scope)
  expect(rows).toEqual(app.scopes.map(({ scope }) => scope))
})
