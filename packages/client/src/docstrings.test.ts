import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const read = (folder: string) =>
  readdirSync(fileURLToPath(new URL(folder, import.meta.url)))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(`${folder}${name}`, import.meta.url), 'utf8'))
const sources = [...read('./'), ...read('./testing/'), ...read('../../contracts/src/')].join('\n')

test.each(['./index.ts', './testing/index.ts'])('everything that %s exports has a docstring', (index) => {
  const text = readFileSync(new URL(index, import.meta.url), 'utf8')
  const names = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list.split(',').flatMap((name) => name.replace('type ', '').trim() || []),
  )
  expect(names.length).toBeGreaterThan(5)
  const bare = names.filter(
    (name) =>
      !new RegExp(
        `\\*/\\n(?:// biome-ignore .*\\n)?export (?:async )?(?:type|interface|class|function|const) ${name}\\b`,
      ).test(sources),
  )
  expect(bare).toEqual([])
})
