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
  expect(words({ text: `${only} ${why}`, parts })).toEqual({ heading: only, others: why })
  expect(words(why)).toEqual({ heading: why, others: '' })
})

test('it does not repeat the sentence of the page', () => {
  const parts = [only, why]
  const said = `${only} Nothing found there.`
  expect(words({ text: `${only} ${why}`, parts }, said)).toEqual({ heading: why, others: '' })
  expect(words(only, said)).toEqual({ heading: 'Not everything was checked.', others: '' })
})

test('what else the detail says follows, without the gaps once more', () => {
  const detail = `${why} 3 machines came off the list since last time.`
  const others = `${why} 3 machines came off the list since last time.`
  expect(words({ text: `${only} ${why}`, parts: [only, why] }, undefined, detail)).toEqual({ heading: only, others })
})

test('a result without a gap has no such words', () => {
  expect(words(null)).toBeUndefined()
})
