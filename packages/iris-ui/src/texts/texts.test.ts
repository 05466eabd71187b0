import { describe, expect, test } from 'vitest'
import { en } from './called-standin.fixture.ts'
import { da as danish } from './da.ts'
import { de as german } from './de.ts'
import { en as english } from './en.ts'
import { filledTexts } from './filled-texts.fixture.ts'
import { fr as french } from './fr.ts'
import { sv as swedish } from './sv.ts'
import { textsFor } from './texts-for.ts'

const others = [
  ['Danish', danish],
  ['German', german],
  ['Swedish', swedish],
  ['French', french],
] as const

describe.each(others)('%s', (_language, textsIn) => {
  const [inEnglish, own] = [filledTexts(en), filledTexts(textsIn({ name: 'Standin' }))]

  test('has every text, and no other', () => {
    expect([...own.keys()].sort()).toEqual([...inEnglish.keys()].sort())
  })

  test('has no sentence in English', () => {
    const sentences = [...inEnglish].filter(([, text]) => text.split(' ').length > 3)
    expect(sentences.filter(([path, text]) => own.get(path) === text).map(([path]) => path)).toEqual([])
    // Words that every English sentence of this app is full of.
    const isEnglish = ([, text]: [string, string]) => /\b(the|is|are|your|this|will|with|not|was)\b/i.test(text)
    const words = _language === 'French' || _language === 'German' ? [...own].filter(isEnglish) : []
    expect(words.filter(([, text]) => !/\bwill\b|\bwas\b/i.test(text))).toEqual([])
  })

  test('has each action that it names in its own words', () => {
    expect([...own].filter(([, text]) => /Attention list|Clear stale|Fleet snapshot/.test(text))).toEqual([])
  })
})

test('a language is found by its first part; a missing language is English', async () => {
  const of = { name: 'Standin' }
  const languageFor = async (tag: string) => (await textsFor(tag, of)).language
  expect(await languageFor('da-DK')).toBe('da')
  expect(textsFor('da', of)).not.toBeInstanceOf(Promise) // Has come: the page need not wait for a promise.
  expect(await languageFor('en-US')).toBe('en-GB')
  expect(await languageFor('pl-PL')).toBe('en-GB')
})

test.each([['English', english], ...others] as const)(
  'in %s a number and its unit are one word: neither run together nor broken over two lines',
  (_language, textsIn) => {
    const said = [...filledTexts(textsIn({ name: 'Standin' }))]
    const wrong = said.filter(([, text]) => /\d ?(?:%|h|min|s|t|Std|Min|km|kB|MB|V)(?![\p{L}\d])/u.test(text))
    expect(wrong).toEqual([])
    expect(said.filter(([, text]) => /\d\u00a0(?:h|min|t|Std|Min)/.test(text)).length).toBeGreaterThan(1)
  },
)

test.each([['English', english], ...others] as const)(
  'in %s the app has its own name and support address, and no other',
  (_language, textsIn) => {
    const said = [...filledTexts(textsIn({ name: 'Roster', support: 'help@acme.example' }))]
    expect(said.filter(([, text]) => /standin/i.test(text))).toEqual([])
    expect(said.filter(([, text]) => text.includes('Roster')).length).toBeGreaterThan(60)
    expect(said.filter(([, text]) => text.includes('help@acme.example')).length).toBeGreaterThan(1)
  },
)
