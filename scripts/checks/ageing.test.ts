import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Tables whose comment does not say how they age, as `Ages: …`. */
function ageless(source: string): string[] {
  const tables = [...source.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export const \w+ = pgTable\(\s*'(\w+)'/g)]
  return tables.flatMap(([, comment = '', name = '']) => (/\bAges:(\n \*)? \w/.test(comment) ? [] : [name]))
}

test('every table says how it ages: what is never deleted fills a database for good', () => {
  const files = globSync('packages/standin/src/**/*-table.ts', { cwd: root })
  const sources = files.map((file) => readFileSync(join(root, file), 'utf8'))
  expect(sources.join().match(/ = pgTable\(/g)?.length).toBeGreaterThan(20)

  expect(sources.flatMap(ageless)).toEqual([])
})

test.each([
  ["/** Rows. Ages: never. */\nexport const a = pgTable('a', {})", []],
  ["/** Rows. */\nexport const a = pgTable('a', {})", ['a']],
  ["/** Ages: never. */\nconst b = 1\nexport const a = pgTable(\n  'a', {})", ['a']],
])('%s', (source, found) => {
  expect(ageless(source)).toEqual(found)
})
