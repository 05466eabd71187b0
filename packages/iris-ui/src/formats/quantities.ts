import { type ResultColumn, unitSymbol } from '@standin/client'
import { onceEach } from './once-each.ts'

export type SystemOfMeasurement = 'metric' | 'imperial'

/** How a kind of number is shown: its factor from metric, and its unit. */
interface Shown {
  of(metric: number): number
  digits: number
}

const asItIs = (metric: number) => metric
const whole: Shown = { of: asItIs, digits: 0 }
const toOneDigit: Shown = { of: asItIs, digits: 1 }

const metric: Partial<Record<ResultColumn['kind'], Shown>> = {
  hours: toOneDigit,
  percent: whole,
  volts: toOneDigit,
  litres: whole,
  kilometres: whole,
  kilograms: whole,
  celsius: whole,
}

/** US units, also for gallons. */
const imperial: Partial<Record<ResultColumn['kind'], Shown>> = {
  ...metric,
  litres: { of: (litres) => litres / 3.785_411_784, digits: 0 },
  kilometres: { of: (kilometres) => kilometres / 1.609_344, digits: 0 },
  kilograms: { of: (kilograms) => kilograms / 0.453_592_37, digits: 0 },
  celsius: { of: (celsius) => (celsius * 9) / 5 + 32, digits: 0 },
}

/** Numbers of results in the reader's own units. What comes in is metric, as the contract says. */
export function createQuantities(language: string, unitSystem: SystemOfMeasurement) {
  const shown = unitSystem === 'imperial' ? imperial : metric
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  const rounded = onceEach(
    (digits: number, leastDigits: number) =>
      new Intl.NumberFormat(language, { minimumFractionDigits: leastDigits, maximumFractionDigits: digits }),
  )
  const unitOf = (kind: ResultColumn['kind']) => unitSymbol(kind, { language, unitSystem })

  return {
    /** `1,250 mi`, `30 %`, `6,000 h`: a number with its unit, always with a space between them. */
    withUnit(kind: ResultColumn['kind'], value: number): string {
      const how = shown[kind]
      if (!how) return plain.format(value)
      const number = rounded(how.digits, 0).format(how.of(value))
      return `${number}\u00a0${unitOf(kind)}`
    },
    /** The unit for a column's head, so that its cells are bare numbers; undefined where there is none. */
    unitOf,
    bare(kind: ResultColumn['kind'], value: number): string {
      const how = shown[kind]
      if (!how) return plain.format(value)
      return rounded(how.digits, how.digits).format(how.of(value))
    },
  }
}
