import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createFormats } from './create-formats.ts'

const nowMs = Date.parse('2026-11-24T08:44:00Z')
const copenhagen = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' })
const said = (at: string) => {
  const { kind, shortDay, clock } = copenhagen.moment(at, nowMs)
  return `${kind}: ${shortDay} ${clock}`
}

describe('formats', () => {
  test.each([
    ['2026-11-24T05:02:00Z', 'today: today 06:02'],
    ['2026-11-23T23:30:00Z', 'today: today 00:30'],
    ['2026-11-23T22:30:00Z', 'yesterday: yesterday 23:30'],
    ['2026-11-18T05:04:00Z', 'weekday: Wednesday 06:04'],
    ['2026-11-17T05:04:00Z', 'date: 17\u00a0Nov 06:04'],
    ['2025-11-24T05:04:00Z', 'date: 24\u00a0Nov\u00a02025 06:04'],
  ])('%s is said in the user’s zone as “%s”, whose date stays on one line', (at, expected) => {
    expect(said(at)).toBe(expected)
  })

  test('a thousand cells are written with few formatters: each takes as long to make as fifty numbers', () => {
    const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' })
    const made = [vi.spyOn(Intl, 'NumberFormat'), vi.spyOn(Intl, 'DateTimeFormat')]
    onTestFinished(() => void vi.restoreAllMocks())
    for (let day = 0; day < 1_000; day++) {
      formats.shortMoment(new Date(nowMs - day * 86_400_000).toISOString(), nowMs)
      formats.quantity.withUnit('volts', day)
      formats.quantity.bare('hours', day)
    }
    expect(made.flatMap(({ mock }) => mock.calls).length).toBeLessThan(10)
  })

  test('numbers, the clock and names of days are in the language of the texts, as the user’s region writes them', () => {
    const danish = createFormats({ language: 'da-DK', textLanguage: 'en-GB', timeZone: 'Europe/Copenhagen' })
    expect(danish.number(2_964)).toBe('2,964')
    expect(danish.moment('2026-11-18T05:04:00Z', nowMs)).toMatchObject({ day: 'Wednesday', clock: '06:04' })
    const swiss = createFormats({ language: 'de-CH', textLanguage: 'de', timeZone: 'Europe/Zurich' })
    expect(swiss.number(2_964)).toMatch(/^2['’]964$/)

    const american = createFormats({ language: 'en_US', textLanguage: 'en-GB', timeZone: 'America/Chicago' })
    expect(american.clock('2026-11-24T14:02:00Z')).toMatch(/^8:02\sAM$/)
    expect(american.date('2026-03-03T15:00:00Z')).toBe('March\u00a03,\u00a02026')
  })

  test('future times, day headings and percentages follow language and zone', () => {
    const danish = createFormats({ language: 'da-DK', textLanguage: 'da', timeZone: 'Europe/Copenhagen' })
    expect(copenhagen.dayAndClock('2026-11-30T05:04:00Z')).toBe('Mon\u00a030\u00a0Nov, 06:04')
    expect(copenhagen.dayAndClock('2026-11-30T05:04:00Z', 'Europe/London')).toBe('Mon\u00a030\u00a0Nov, 05:04')
    expect(copenhagen.dayHeading('2026-11-24T07:42:00Z', nowMs)).toBe('Today, Tuesday 24 November')
    expect(copenhagen.dayHeading('2026-11-20T07:42:00Z', nowMs)).toBe('Friday 20 November')
    expect(danish.dayHeading('2026-11-23T07:42:00Z', nowMs)).toBe('I går, mandag 23. november')
    expect([
      copenhagen.fromNow('2026-11-25T05:00:00Z', nowMs),
      copenhagen.fromNow('2026-11-30T05:00:00Z', nowMs),
    ]).toEqual(['tomorrow', 'in 6 days'])
    expect(copenhagen.weekdays('short')[0]).toBe('Mon')
    expect([danish.percent(0.62), copenhagen.percent(0.62)]).toEqual(['62\u00a0%', '62\u00a0%'])
    expect(copenhagen.wallClock(6, 4)).toBe('06:04')
  })

  test('sizes are rounded', () => {
    expect([312, 4_480, 214_300, 1_130_000].map(copenhagen.bytes)).toEqual(['0.3 kB', '4.5 kB', '214 kB', '1.1 MB'])
  })

  test('a language or zone that does not exist falls back instead of breaking the page', () => {
    const odd = createFormats({ language: '???', textLanguage: 'en-GB', timeZone: 'Mars/Olympus' })
    expect(odd.number(1_284)).toBe('1,284')
    expect(odd.moment('2026-11-24T08:43:00Z', nowMs).kind).toBe('today')
  })
})
