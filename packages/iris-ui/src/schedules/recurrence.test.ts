import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { type Rhythm, recurrenceOf, rhythmOf, timeOfDay } from './recurrence.ts'
import { recurrenceOfValues, rhythmProblems, rhythmValuesOf } from './rhythm-values.ts'
import { rhythmInZone, rhythmWords } from './schedule-words.ts'

const english = {
  texts: en,
  formats: createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' }),
}
const danish = {
  texts: da,
  formats: createFormats({ language: 'da-DK', textLanguage: 'da', timeZone: 'Europe/Copenhagen' }),
}
const american = createFormats({ language: 'en-US', textLanguage: 'en-GB', timeZone: 'America/Chicago' })

const at = { hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) }
const rhythms: fc.Arbitrary<Rhythm> = fc.oneof(
  fc.record({ kind: fc.constant('daily' as const), ...at }),
  fc.record({
    kind: fc.constant('weekly' as const),
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }).map((days) => days.sort((a, b) => a - b)),
    ...at,
  }),
  fc.record({ kind: fc.constant('monthly' as const), dayOfMonth: fc.integer({ min: 1, max: 31 }), ...at }),
)

describe('a rhythm', () => {
  test('survives the conversion to a rule and to the form in any language', () => {
    fc.assert(
      fc.property(rhythms, (rhythm) => {
        const recurrence = recurrenceOf(rhythm)
        expect(rhythmOf(recurrence)).toEqual(rhythm)
        for (const formats of [english.formats, danish.formats, american])
          expect(recurrenceOfValues(rhythmValuesOf(recurrence, formats))).toBe(recurrence)
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    'FREQ=HOURLY;BYMINUTE=0',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=6;BYMINUTE=0',
    'FREQ=MONTHLY;BYDAY=1MO;BYHOUR=6;BYMINUTE=0',
    'FREQ=DAILY;BYHOUR=6,18;BYMINUTE=0',
    'FREQ=DAILY;COUNT=3;BYHOUR=6;BYMINUTE=0',
    'nonsense',
  ])('that the form cannot show is kept as it is: %s', (recurrence) => {
    expect(rhythmOf(recurrence)).toBeUndefined()
    expect(recurrenceOfValues(rhythmValuesOf(recurrence, english.formats))).toBe(recurrence)
    expect(rhythmWords(recurrence, english)).toBe('Custom pattern')
  })

  test.each([
    ['FREQ=DAILY;BYHOUR=6;BYMINUTE=4', 'Every day around 06:04', 'Hver dag omkring kl. 06.04'],
    ['FREQ=WEEKLY;BYDAY=MO;BYHOUR=6;BYMINUTE=0', 'Every Monday around 06:00', 'Hver mandag omkring kl. 06.00'],
    [
      'FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=18;BYMINUTE=0',
      'Every Monday and Thursday around 18:00',
      'Hver mandag og torsdag omkring kl. 18.00',
    ],
    [
      'FREQ=WEEKLY;BYDAY=FR,MO,TU,WE,TH;BYHOUR=6',
      'Monday to Friday around 06:00',
      'Mandag til fredag omkring kl. 06.00',
    ],
    [
      'FREQ=MONTHLY;BYMONTHDAY=22;BYHOUR=6',
      'On the 22nd of each month around 06:00',
      'Den 22. i hver måned omkring kl. 06.00',
    ],
  ])('%s is said as “%s” and “%s”', (recurrence, inEnglish, inDanish) => {
    expect(rhythmWords(recurrence, english)).toBe(inEnglish)
    expect(rhythmWords(recurrence, danish)).toBe(inDanish)
  })

  test('names its zone if it is not the reader’s', () => {
    const recurrence = 'FREQ=DAILY;BYHOUR=6'
    expect(rhythmInZone({ recurrence, timeZone: 'Europe/Copenhagen' }, english)).toBe('Every day around 06:00')
    expect(rhythmInZone({ recurrence, timeZone: 'America/New_York' }, english)).toBe(
      'Every day around 06:00, New York time',
    )
  })

  test('reports a missing value at its field', () => {
    const values = { kind: 'weekly', days: [], dayOfMonth: '32', time: 'noon', custom: '' } as const
    expect(Object.keys(rhythmProblems({ ...values, days: [] }, en))).toEqual(['days', 'time'])
    expect(Object.keys(rhythmProblems({ ...values, days: [], kind: 'monthly' }, en))).toEqual(['dayOfMonth', 'time'])
    expect(recurrenceOfValues({ ...values, days: [] })).toBeUndefined()
  })
})

test.each([
  ['6', 6, 0],
  ['600', 6, 0],
  ['0600', 6, 0],
  ['06:00', 6, 0],
  ['06.30', 6, 30],
  ['6 am', 6, 0],
  ['12 am', 0, 0],
  ['12:15 PM', 12, 15],
  ['6:15\u202fPM', 18, 15],
  ['23:59', 23, 59],
])('“%s” is a time of day', (text, hour, minute) => {
  expect(timeOfDay(text)).toEqual({ hour, minute })
})

test.each(['', 'noon', '24', '6:60', '13 pm', '0 am', '12345'])('“%s” is none', (text) => {
  expect(timeOfDay(text)).toBeUndefined()
})
