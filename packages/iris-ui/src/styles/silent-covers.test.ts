import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('what covers a row to make it one link is silent: it would be the link’s size, and its line never ends', async () => {
  const folder = join(import.meta.dirname, '..')
  const covers: string[] = []
  for await (const file of glob('**/*.css', { cwd: folder })) {
    const css = await readFile(join(folder, file), 'utf8')
    for (const [, selector = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g))
      if (/\ba::after|\.mach::after/.test(selector) && /content:/.test(body)) covers.push(body.replaceAll(/\s+/g, ' '))
  }
  expect(covers.length).toBeGreaterThan(1)
  for (const body of covers) expect(body).toContain('content: "" / "";')
})
