import { expect, test } from 'vitest'
import { en } from '../texts/called-standin.fixture.ts'
import { gapWords } from './gap-words.ts'

const only = 'Only fuel and last contact were checked on 42 machines.'
const why = 'Data health is left out: Trackunit did not answer.'
const words = (
  incomplete: Parameters<typeof gapWords>[0]['incomplete'],
  said = 'At least 3 need attention.',
  detail: string | null = null,
) => gapWords({ actionId: 'attention-list', incomplete }, { said, detail, texts: en })

test('a gap says first what was checked, then why the rest was not', () => {
  const parts = [only, why].map((text) => ({ text, key: text, values: {} }))
  expect(words({ text: `${only} ${why}`, parts })).toMatchObject({ heading: only, others: [why] })
  expect(words(why)).toMatchObject({ heading: why, others: [] })
})

test('it does not repeat the sentence of the page', () => {
  const parts = [only, why]
  const said = `${only} Nothing found there.`
  expect(words({ text: `${only} ${why}`, parts }, said)).toMatchObject({ heading: why, others: [] })
  expect(words(only, said)).toMatchObject({ heading: 'Not everything was checked.', others: [] })
})

test('the rest of the detail follows, without repeating the gaps', () => {
  const detail = `${why} 3 machines came off the list since last time.`
  const others = [why, '3 machines came off the list since last time.']
  expect(words({ text: `${only} ${why}`, parts: [only, why] }, undefined, detail)).toMatchObject({
    heading: only,
    others,
  })
})

test('a result without a gap has no such words', () => {
  expect(words(null)).toBeUndefined()
})

test('a gap that says how many machines it is about leads to them', () => {
  const gap = (values: Record<string, number>) => ({ text: only, key: 'only', values })
  expect(words(gap({ machines: 42 }))?.machines).toBe(42)
  expect(words({ text: `${only} ${why}`, parts: [gap({ machines: 42 }), why] })?.machines).toBe(42)
  for (const without of [gap({}), gap({ machines: 0 }), only]) expect(words(without)?.machines).toBeUndefined()
})
