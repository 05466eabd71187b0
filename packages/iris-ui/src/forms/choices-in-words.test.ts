import { expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { en } from '../texts/called-standin.fixture.ts'
import { choicesInWords } from './choices-in-words.ts'

const schema = {
  properties: {
    silentDays: { type: 'integer', title: 'Silent after', unit: 'days', default: 7 },
    kinds: {
      type: 'array',
      title: 'Kinds of event',
      default: ['ALERT'],
      items: { enum: ['ALERT', 'own-kind'] },
      'x-labels': { ALERT: 'Alerts' },
    },
    idleHours: { type: 'boolean', title: 'With idle hours', default: true },
    note: { type: 'string', title: 'Note' },
    machines: { format: 'machine-filter', title: 'Machines' },
  },
}
const say = (input: Record<string, unknown>, ofDefault: boolean) =>
  choicesInWords(input, schema, {
    texts: en,
    ofDefault,
    formats: createFormats({ language: 'en-GB', textLanguage: 'en' }),
  })

test('choices are shown by label, defaults only if requested', () => {
  expect(say({}, true)).toEqual([
    ['Silent after', '7\u00a0days'],
    ['Kinds of event', 'Alerts'],
    ['With idle hours', 'Yes'],
  ])
  expect(say({ silentDays: 7, machines: { siteIds: ['1'] } }, false)).toEqual([])
  expect(say({ silentDays: 1_200, kinds: ['ALERT', 'own-kind'], idleHours: false, note: 'For Mette' }, false)).toEqual([
    ['Silent after', '1,200\u00a0days'],
    ['Kinds of event', 'Alerts and Own kind'],
    ['With idle hours', 'No'],
    ['Note', 'For Mette'],
  ])
})
