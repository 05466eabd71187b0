import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../scripts/part.ts'

const site = join(root, 'docs/.vitepress/dist')

test('npm run docs builds the site, in which every link leads somewhere, with a reference from the docstrings', {
  timeout: 600_000,
}, () => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'docs'], { cwd: root, encoding: 'utf8' })

  expect(status, stdout + stderr).toBe(0)
  for (const page of ['index', 'operating', 'error-reasons']) expect(existsSync(join(site, `${page}.html`))).toBe(true)
  const reference = readFileSync(join(site, 'reference/actions/index.html'), 'utf8')
  expect(reference).toContain('defineAction')
  expect(reference).toContain('Makes one change in Trackunit exactly once')
})
