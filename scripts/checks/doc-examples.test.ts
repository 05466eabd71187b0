import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Where the packages are found that an app has. */
const folder = join(root, 'apps/server/node_modules/.cache/doc-examples')

/** Whole files: an example that is a part of one imports nothing. */
const examples = globSync('docs/*.md', { cwd: root }).flatMap((path) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/```ts\n(import [\s\S]*?)```/g)].map(([, code = '']) => code),
)

test('the examples in docs/ compile', { timeout: 600_000 }, () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [index, code] of examples.entries()) writeFileSync(join(folder, `example-${index}.ts`), code)
  const files = examples.map((_, index) => `example-${index}.ts`)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      files,
      compilerOptions: { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    }),
  )
  const { stdout, status } = spawnSync('tsc', ['-p', folder], { encoding: 'utf8', cwd: root })

  expect(examples.length).toBeGreaterThanOrEqual(3)
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
