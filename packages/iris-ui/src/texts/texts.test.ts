import { expect, test } from 'vitest'
import { da, en } from './called-standin.fixture.ts'
import { da as danish } from './da.ts'
import { en as english } from './en.ts'
import { textsFor } from './texts-for.ts'

/** Every text by its path; a text with gaps is called with words for them. */
function textsOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]])
  if (typeof value === 'function') {
    const filled: unknown = fill(value)
    return new Map(typeof filled === 'string' ? [[path, filled]] : [])
  }
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(Object.entries(value).flatMap(([key, part]) => [...textsOf(part, path ? `${path}.${key}` : key)]))
}

const moment = { kind: 'today', day: 'DAY', shortDay: 'DAY', clock: 'CLOCK' }
// biome-ignore lint/complexity/noBannedTypes: of a text's gaps nothing is known here but that it has some
function fill(text: Function): unknown {
  for (const gap of [
    'GAP',
    moment,
    3,
    { unit: 'minutes', minutes: 3 },
    { hours: 1, minutes: 2, seconds: 3 },
    ['GAP'],
    {},
  ]) {
    try {
      const said: unknown = text(gap, 'GAP', 'GAP')
      if (typeof said === 'string' && !said.includes('[object') && !said.includes('undefined')) return said
    } catch {}
  }
  return undefined
}

test('Danish has every text, and none of them in English', () => {
  const [english, danish] = [textsOf(en), textsOf(da)]
  expect([...danish.keys()].filter((path) => !path.startsWith('form.options')).sort()).toEqual(
    [...english.keys()].filter((path) => !path.startsWith('form.options')).sort(),
  )
  const sentences = [...english].filter(([, text]) => text.split(' ').length > 3)
  expect(sentences.filter(([path, text]) => danish.get(path) === text).map(([path]) => path)).toEqual([])
})

test('a language is found by its first part; a missing language is English', async () => {
  const of = { name: 'Standin' }
  const languageFor = async (tag: string) => (await textsFor(tag, of)).language
  expect(await languageFor('da-DK')).toBe('da')
  expect(textsFor('da', of)).not.toBeInstanceOf(Promise) // Has come: the page need not wait for a promise.
  expect(await languageFor('en-US')).toBe('en-GB')
  expect(await languageFor('pl-PL')).toBe('en-GB')
})

test.each([
  ['English', english],
  ['Danish', danish],
])('in %s the app has its own name and support address, and no other', (_language, textsIn) => {
  const said = [...textsOf(textsIn({ name: 'Roster', support: 'help@acme.example' }))]
  expect(said.filter(([, text]) => /standin/i.test(text))).toEqual([])
  expect(said.filter(([, text]) => text.includes('Roster')).length).toBeGreaterThan(60)
  expect(said.filter(([, text]) => text.includes('help@acme.example')).length).toBeGreaterThan(1)
})
