import { expect, test } from 'vitest'
import { inOneText, isMessage, spoken, textOf, withTexts } from './message-texts.ts'

const silent = { text: 'Silent for 19 days', key: 'silentFor', values: { days: 19 } }

test('several messages are one text: sentences follow one another, phrases are a list', () => {
  expect(inOneText(['3 machines listed.', '1 is new.'])).toBe('3 machines listed. 1 is new.')
  expect(inOneText(['Silent for 19 days', 'Fuel at 4%'])).toBe('Silent for 19 days, Fuel at 4%')
  expect(inOneText(['', 'Nothing.'])).toBe('Nothing.')
})

test('every message in a value is replaced, and nothing else', () => {
  const row = { id: 'm1', cells: { why: silent, site: 'Nordhavn', hours: 4, also: null }, more: [silent, 'plain'] }
  expect(spoken(row, textOf)).toEqual({
    id: 'm1',
    cells: { why: 'Silent for 19 days', site: 'Nordhavn', hours: 4, also: null },
    more: ['Silent for 19 days', 'plain'],
  })
})

test('cells that only look like a message are not treated as one', () => {
  expect(isMessage({ text: 'a', key: 'b' })).toBe(false)
  expect(isMessage({ text: 'a', key: 'b', values: null })).toBe(false)
  expect(isMessage({ text: 1, parts: [] })).toBe(false)
})

test('a change reaches every text of a message', () => {
  const cut = (text: string) => text.slice(0, 3)
  expect(withTexts('Silent', cut)).toBe('Sil')
  expect(withTexts({ text: 'Left Site 1', key: 'leftSite', values: { site: 'Site 1', n: 1 } }, cut)).toEqual({
    text: 'Lef',
    key: 'leftSite',
    values: { site: 'Sit', n: 1 },
  })
  expect(withTexts({ text: 'Silent, plain', parts: [silent, 'plain'] }, cut)).toEqual({
    text: 'Sil',
    parts: [{ ...silent, text: 'Sil' }, 'pla'],
  })
})
