import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundaryExamples, declared } from './boundary-examples.ts'

const root = join(import.meta.dirname, '../..')
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')

let tree: string
let firedIn: Map<string, string[]>

/** Wrong and right examples lie in a tree of their own, under the real configuration. */
beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'standin-boundaries-'))
  for (const file of ['biome.jsonc', 'scripts/checks/boundaries'])
    cpSync(join(root, file), join(tree, file), { recursive: true })
  const dependencies = Object.fromEntries(declared.map((name) => [name, '*']))
  const files: Record<string, string> = Object.assign(
    { 'package.json': JSON.stringify({ name: 'examples', dependencies }) },
    ...boundaryExamples.flatMap(({ wrong, right }) => [wrong, right]),
  )
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), source)
  }
  firedIn = rulesByFile(await lint(tree))
}, 60_000)

afterAll(() => rmSync(tree, { recursive: true, force: true }))

test.each(boundaryExamples)('$rule refuses what it is there for', ({ rule, wrong }) => {
  for (const path of Object.keys(wrong)) expect(firedIn.get(path), path).toEqual([rule])
})

test.each(boundaryExamples)('$rule lets the right way pass', ({ right }) => {
  for (const path of Object.keys(right)) expect(firedIn.get(path), path).toBeUndefined()
})

test('each boundary has an example', () => {
  const boundaries = readdirSync(join(import.meta.dirname, 'boundaries')).map((file) => file.replace('.grit', ''))
  const shown = new Set(boundaryExamples.map(({ rule }) => rule))

  expect(boundaries.filter((boundary) => !shown.has(boundary))).toEqual([])
})

type Finding = { category: string; message: string; location: { path: string } }

async function lint(folder: string): Promise<Finding[]> {
  const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.']
  const report = await new Promise<string>((resolve) =>
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 10_000_000 }, (_, stdout) => resolve(stdout)),
  )
  return JSON.parse(report).diagnostics
}

function rulesByFile(findings: Finding[]): Map<string, string[]> {
  const fired = new Map<string, string[]>()
  for (const { category, message, location } of findings) {
    const rule = category === 'plugin' ? message.split(':')[0] : category.split('/').at(-1)
    const known = fired.get(location.path) ?? []
    fired.set(location.path, [...new Set([...known, String(rule)])].sort())
  }
  return fired
}
