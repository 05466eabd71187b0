import { expect, test } from 'vitest'
import { neededBy } from './first-modules.ts'

/** A graph of files by name, each with its code and what it imports, in order. */
function graphOf(files: Record<string, { code: string; importedIds?: string[] }>) {
  const exportsOf = (code: string) => [...code.matchAll(/export const (\w+)/g)].map(([, name]) => name ?? '')
  return {
    getModuleInfo: (id: string) => {
      const { code, importedIds = [] } = files[id] ?? { code: '' }
      return { code, importedIds, dynamicallyImportedIds: [], exports: exportsOf(code) }
    },
  }
}

const library = {
  index: {
    code: `export { wanted } from './wanted'\nimport { also, late } from './own'\nexport * from './stars'\nexport { also, late }`,
    importedIds: ['wanted', 'own', 'stars'],
  },
  wanted: { code: `export const wanted = 1` },
  own: { code: `import './effect'\nexport const also = 1, late = 2`, importedIds: ['effect'] },
  effect: { code: `globalThis.x = 1` },
  stars: { code: `export * from './starred'\nexport * from './unwanted'`, importedIds: ['starred', 'unwanted'] },
  starred: { code: `export const starred = 1` },
  unwanted: { code: `export const unwanted = 1` },
}

test.each([
  [`import { wanted } from 'library'`, ['wanted']],
  [`import { also as other } from 'library'`, ['effect', 'own']],
  [`import { starred } from 'library'`, ['starred']],
  [`import * as all from 'library'`, ['effect', 'own', 'starred', 'unwanted', 'wanted']],
])('of a library’s index, %s needs no more', (code, needed) => {
  const graph = graphOf({ ...library, entry: { code: `${code}\nuse()`, importedIds: ['index'] } })
  expect([...neededBy(['entry'], graph)].sort()).toEqual(needed)
})

test('a module of CommonJS needs all that it requires, and one with dynamic imports what the bundler adds', () => {
  const graph = graphOf({
    entry: { code: `import { wanted } from 'library'\nimport('late')`, importedIds: ['index', 'preload', 'cjs'] },
    cjs: { code: `module.exports = require('./inner')`, importedIds: ['inner'] },
    inner: { code: 'exports.x = 1' },
    preload: { code: 'export const preload = 1' },
    ...library,
  })
  expect([...neededBy(['entry'], graph)].sort()).toEqual(['cjs', 'inner', 'preload', 'wanted'])
})
