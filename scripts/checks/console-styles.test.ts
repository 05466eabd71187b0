import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const parts = [
  'styles/tokens',
  'styles/base',
  'parts/button',
  'parts/status',
  'parts/notice',
  'parts/details',
  'shell/shell',
]
const head = '/* The app’s own rules, which the server cannot import: from packages/iris-ui/src, held by a check. */'

test('the console looks as the app does; after a change of the app’s styles, run this test with -u', async () => {
  const rules = parts.map((part) => readFileSync(new URL(`packages/iris-ui/src/${part}.css`, root), 'utf8'))
  await expect([head, ...rules].join('\n')).toMatchFileSnapshot(
    new URL('packages/standin/console/iris-ui.css', root).pathname,
  )
})
