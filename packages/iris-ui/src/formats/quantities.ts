import type { ResultColumn } from '@standin/client'

export type SystemOfMeasurement = 'metric' | 'imperial'

/** How a kind of number is shown: in which unit of `Intl`, and by what the metric number becomes one of it. */
interface Shown {
  unit?: Intl.NumberFormatOptions['unit']
  of(metric: number): number
  digits: number
  /** How short the unit is said; `short` where nothing is given. */
  short?: 'short' | 'narrow'
}

const asItIs = (metric: number) => metric
const percent: Shown = { unit: 'percent', of: asItIs, digits: 0 }
const hours: Shown = { unit: 'hour', short: 'narrow', of: asItIs, digits: 1 }
const volts: Shown = { of: asItIs, digits: 1 }

const metric: Partial<Record<ResultColumn['kind'], Shown>> = {
  hours,
  percent,
  volts,
  litres: { unit: 'liter', of: asItIs, digits: 0 },
  kilometres: { unit: 'kilometer', of: asItIs, digits: 0 },
  kilograms: { unit: 'kilogram', of: asItIs, digits: 0 },
  celsius: { unit: 'celsius', of: asItIs, digits: 0 },
}

/** As the United States measure; a gallon is theirs. */
const imperial: Partial<Record<ResultColumn['kind'], Shown>> = {
  ...metric,
  litres: { unit: 'gallon', of: (litres) => litres / 3.785_411_784, digits: 0 },
  kilometres: { unit: 'mile', of: (kilometres) => kilometres / 1.609_344, digits: 0 },
  kilograms: { unit: 'pound', of: (kilograms) => kilograms / 0.453_592_37, digits: 0 },
  celsius: { unit: 'fahrenheit', of: (celsius) => (celsius * 9) / 5 + 32, digits: 0 },
}

/** Numbers of results in the reader's own units. What comes in is metric, as the contract says. */
export function createQuantities(language: string, system: SystemOfMeasurement) {
  const shown = system === 'imperial' ? imperial : metric
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })

  /** The unit for a column's head, so that its cells are bare numbers; undefined where there is none. */
  function unitOf(kind: ResultColumn['kind']): string | undefined {
    const how = shown[kind]
    if (!how) return undefined
    const { unit, short = 'short' } = how
    if (!unit) return 'V'
    return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: short })
      .formatToParts(0)
      .find(({ type }) => type === 'unit' || type === 'percentSign')?.value
  }

  return {
    /** `1,250 mi`, `30 %`, `6,000 h`: a number with its unit, always with a space between them. */
    withUnit(kind: ResultColumn['kind'], value: number): string {
      const how = shown[kind]
      if (!how) return plain.format(value)
      const number = new Intl.NumberFormat(language, { maximumFractionDigits: how.digits }).format(how.of(value))
      return `${number}\u00a0${unitOf(kind)}`
    },
    unitOf,
    bare(kind: ResultColumn['kind'], value: number): string {
      const how = shown[kind]
      if (!how) return plain.format(value)
      return new Intl.NumberFormat(language, {
        minimumFractionDigits: how.digits,
        maximumFractionDigits: how.digits,
      }).format(how.of(value))
    },
  }
}
