import { fileURLToPath } from 'node:url'
import { firstJavaScript } from '@standin/iris-ui/vite'
import { build } from 'vite'
import { expect, test, vi } from 'vitest'

const MOST_BYTES = 90_000

async function builtFiles() {
  // A production build: under 'test', React includes its warnings.
  vi.stubEnv('NODE_ENV', 'production')
  const built = await build({
    configFile: fileURLToPath(new URL('./vite.config.ts', import.meta.url)),
    root: import.meta.dirname,
    logLevel: 'silent',
    build: { write: false, sourcemap: false },
  })
  if (!('output' in built)) throw new Error('Expected a single build.')
  return built.output
}

test('the first JavaScript is at most 90 kB with Brotli, and has no overlay, form, table or second language', async () => {
  const files = await builtFiles()
  const { bytes, files: first } = firstJavaScript(files)
  expect(bytes).toBeLessThan(MOST_BYTES)
  expect(bytes).toBeGreaterThan(80_000) // Otherwise a part was not found.

  const code = files.filter(({ fileName }) => first.includes(fileName)).map((file) => ('code' in file ? file.code : ''))
  const modules = files.flatMap((file) =>
    'modules' in file && first.includes(file.fileName) ? Object.keys(file.modules) : [],
  )
  expect(modules.length).toBeGreaterThan(50)
  for (const late of [
    '@base-ui',
    'react-hook-form',
    'json-schema',
    'react-virtual',
    'texts/da.ts',
    'texts/en.ts',
    'overview-rows',
    'icu-minify',
    '@trpc/',
    '/zod/',
  ])
    expect(modules.filter((path) => path.includes(late))).toEqual([])
  // The page's policy forbids both.
  for (const text of code) expect(text).not.toMatch(/\beval\(|new Function\(/)
})
