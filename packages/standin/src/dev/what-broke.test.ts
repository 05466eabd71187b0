import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runPart } from './part.ts'

// In a Node of its own: the one of the tests does not load TypeScript itself.
const program = `
  const { whatBroke } = await import(${JSON.stringify(import.meta.resolve('./what-broke.ts'))})
  const [file, root] = process.argv.slice(1)
  await import(file).then(() => console.log('loaded'), (error) => console.log(whatBroke(error, root)))`

test.each([
  [
    'export const a = 1\nexport const b = { run({ x } { } }\n',
    /^broken\.ts:2: SyntaxError: .+\nexport const b.+\n +\^$/,
  ],
  ["import { nope } from 'node:fs'\n", /^broken\.ts:1: SyntaxError: .* named 'nope'\nimport .*\n +\^+$/],
  ["import { a } from './nothing.ts'\n", /^Error: Cannot find module 'nothing\.ts' imported from broken\.ts$/],
  ["import { a } from 'no-such-package'\n", /^Error: Cannot find package 'no-such-package' imported from broken\.ts$/],
  ['enum A { b }\n', /^broken\.ts:1: SyntaxError: .*enum.*\nenum A \{ b \}\n\^+$/],
  ['const a: any = undefined\na.b\n', /^broken\.ts:2: TypeError: Cannot read properties of undefined \(reading 'b'\)$/],
  ["throw 'no error'\n", /^Thrown: no error$/],
])('names file, line and mistake of a file that cannot be loaded, and nothing of Node: %j', async (code, what) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'standin-broken-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const file = join(root, 'broken.ts')
  writeFileSync(file, code)
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  const said = await runPart({ command: ['--input-type=module', '--eval', program, file, root], cwd: root })
  expect(said).toMatch(what)
})
