import type { ResultColumn } from './run-result.ts'

type Symbols = Partial<Record<ResultColumn['kind'], string>>

const metric: Symbols = {
  hours: 'h',
  percent: '%',
  litres: 'l',
  kilometres: 'km',
  kilograms: 'kg',
  volts: 'V',
  celsius: '°C',
}
const imperial: Symbols = { ...metric, litres: 'US gal', kilometres: 'mi', kilograms: 'lb', celsius: '°F' }

/**
 * How the unit of a kind of number is written, on pages as in emails and files: after a no-break space. Undefined for a
 * number without one.
 * @param language a BCP 47 tag
 */
export function unitSymbol(
  kind: ResultColumn['kind'],
  { language, unitSystem }: { language?: string | null | undefined; unitSystem: 'metric' | 'imperial' | null },
): string | undefined {
  if (kind === 'hours' && /^da\b/i.test(language ?? '')) return 't'
  return (unitSystem === 'imperial' ? imperial : metric)[kind]
}
