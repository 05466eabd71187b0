import type { ResultChart } from '@standin/client'
import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { areaOfText, textOfArea } from './asked-of-address.ts'
import { cellWords, headWords } from './cell-words.ts'
import { axisTop, chartToDraw } from './chart-to-draw.ts'
import { sortAfterPress, sortOf } from './table-address.ts'

const nowMs = Date.parse('2026-11-24T08:44:00Z')
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')
const danish = createFormats({ language: 'da-DK', textLanguage: 'da', timeZone: 'Europe/Copenhagen' })
const american = createFormats({
  language: 'en-US',
  textLanguage: 'en-GB',
  timeZone: 'America/Chicago',
  measurement: 'imperial',
})

describe('a cell is shown in the reader’s units, zone and language', () => {
  test.each([
    ['percent', 31, '31 %', '31 %'],
    ['hours', 6_214.5, '6.214,5', '6,214.5'],
    ['volts', 11.42, '11,4 V', '11.4 V'],
    ['celsius', 20, '20 °C', '68 °F'],
    ['litres', 378.541, '379', '100'],
    ['kilometres', 160.934, '161', '100'],
    ['moment', '2026-11-24T05:05:00Z', 'i dag 06.05', 'yesterday 11:05 PM'],
    ['moment', '2026-11-05T15:20:00Z', '5. nov.', 'Nov 5'],
    ['moment', '2025-09-29T12:00:00Z', '29. sep. 2025', 'Sep 29, 2025'],
    ['place', '55.676098,12.568337', '55,6761° 12,5683°', '55.6761° 12.5683°'],
    ['place', '60.187,25', '60,1870° 25,0000°', '60.1870° 25.0000°'],
    ['number', 0, '0', '0'],
    ['number', null, '–', '–'],
    ['text', '<b>Night</b>', '<b>Night</b>', '<b>Night</b>'],
  ] as const)('%s %s', (kind, value, inDenmark, inAmerica) => {
    expect(plain(cellWords({ key: 'a', kind }, value, { formats: danish, texts: da, nowMs }))).toBe(inDenmark)
    expect(plain(cellWords({ key: 'a', kind }, value, { formats: american, texts: en, nowMs }))).toBe(inAmerica)
  })

  test('older moments have their time if there is room', () => {
    const around = { formats: danish, texts: da, nowMs, withClock: true }
    // The date stays on one line.
    expect(cellWords({ key: 'a', kind: 'moment' }, '2026-11-05T15:20:00Z', around)).toBe('5.\u00a0nov., 16.20')
  })

  test('long units are shown once, in the head', () => {
    expect(headWords({ title: 'Driven', kind: 'kilometres' }, danish)).toBe('Driven (km)')
    expect(headWords({ title: 'Driven', kind: 'kilometres' }, american)).toBe('Driven (mi)')
    expect(headWords({ title: 'Engine hours', kind: 'hours' }, danish)).toBe('Engine hours')
  })

  test('a machine without a site says so', () => {
    expect(cellWords({ key: 'site', kind: 'text' }, null, { formats: danish, texts: en, nowMs })).toBe('No site')
  })
})

describe('a chart is drawn', () => {
  const bars = (...values: number[]): ResultChart => ({
    kind: 'bars',
    title: 'Why',
    unit: 'number',
    note: null,
    bars: values.map((value, index) => ({ label: `b${index}`, value })),
  })
  const drawn = (chart: ResultChart, state: 'succeeded' | 'failed' = 'succeeded') => chartToDraw(chart, { state })

  test('longest first, the ninth and more as one', () => {
    const chart = drawn(bars(1, 9, 8, 7, 6, 5, 4, 3, 2, 1))
    expect(chart?.kind === 'bars' && chart.bars.map(({ value }) => value)).toEqual([9, 8, 7, 6, 5, 4, 3, 2])
    expect(chart?.others).toBe(2)
  })

  test('unchanged, if the action has already combined the ninth and more', () => {
    const chart = drawn(bars(9, 8, 7, 6, 5, 4, 3, 2, 11))
    expect(chart?.kind === 'bars' && chart.bars.map(({ value }) => value)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 11])
    expect(chart).not.toHaveProperty('others')
  })

  test('not for two values, for one that is nearly all, or for a part of a result', () => {
    expect(drawn(bars(3, 4))).toBeUndefined()
    expect(drawn(bars(95, 3, 2))).toBeUndefined()
    expect(drawn(bars(3, 4, 5), 'failed')).toBeUndefined()
    expect(drawn(bars(3, 4, 5))).toBeDefined()
  })

  test('on an axis from 0 to a round number in three steps', () => {
    expect([5_400, 4_775, 37, 0.8, 0].map(axisTop)).toEqual([6_000, 6_000, 45, 0.9, 3])
  })
})

test('a head sorts numbers from the largest, words from A, then the other way, then as the action did', () => {
  const pressed = (sort: string | undefined, kind: 'hours' | 'text') =>
    sortAfterPress(sortOf(new URLSearchParams(sort ? { sort } : {})), { key: 'a', kind })
  expect([pressed(undefined, 'hours'), pressed('-a', 'hours'), pressed('a', 'hours')]).toEqual(['-a', 'a', undefined])
  expect([pressed(undefined, 'text'), pressed('a', 'text'), pressed('-a', 'text')]).toEqual(['a', '-a', undefined])
})

test('an area keeps its edges in the address; what is none is no filter', () => {
  const area = { south: 55.5, west: -12.25, north: 56, east: 12.000001 }
  expect(areaOfText(textOfArea(area))).toEqual(area)
  expect(areaOfText('nowhere')).toBe('nowhere')
  for (const text of [null, '', '1,2,3', '1,2,3,x', '95,0,96,1', '0,190,1,191'])
    expect(areaOfText(text)).toBeUndefined()
})
