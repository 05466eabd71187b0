import { describe, expect, test } from 'vitest'
import { createQuantities } from './quantities.ts'

const plain = (text: string | undefined) => text?.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('a number of a result is shown', () => {
  test.each([
    ['kilometres', 1_250, '1,250 km', '777 mi'],
    ['litres', 380, '380 l', '100 US gal'],
    ['celsius', 20, '20 °C', '68 °F'],
    ['kilograms', 1_000, '1,000 kg', '2,205 lb'],
    ['hours', 6_214.5, '6,214.5 h', '6,214.5 h'],
    ['volts', 11.42, '11.4 V', '11.4 V'],
    ['percent', 31, '31 %', '31 %'],
    ['number', 2_964, '2,964', '2,964'],
  ] as const)('%s: %d as %s, and as %s in the United States', (kind, value, inMetric, inImperial) => {
    expect(plain(createQuantities('en-GB', 'metric').withUnit(kind, value))).toBe(inMetric)
    expect(plain(createQuantities('en-GB', 'imperial').withUnit(kind, value))).toBe(inImperial)
  })

  test('as the language writes it', () => {
    const danish = createQuantities('da-DK', 'metric')
    expect(plain(danish.withUnit('kilometres', 1_250))).toBe('1.250 km')
    expect(plain(danish.withUnit('percent', 31))).toBe('31 %')
    expect(plain(danish.withUnit('hours', 6_000))).toBe('6.000 t')
    expect(danish.bare('hours', 6_214.5)).toBe('6.214,5')
  })

  test('without its unit if the column’s head names it', () => {
    const american = createQuantities('en-US', 'imperial')
    expect(american.bare('kilometres', 160.934_4)).toBe('100')
    expect(american.unitOf('kilometres')).toBe('mi')
    expect(american.unitOf('number')).toBeUndefined()
    expect(american.unitOf('volts')).toBe('V')
  })
})
