import type { ResultColumn } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'

const numeric: readonly ResultColumn['kind'][] = [
  'number',
  'hours',
  'percent',
  'litres',
  'kilometres',
  'kilograms',
  'volts',
  'celsius',
]
export const isNumeric = ({ kind }: Pick<ResultColumn, 'kind'>) => numeric.includes(kind)

/** Units that are shown once, in the head. The others are short and shown in each cell. */
const inHead: readonly ResultColumn['kind'][] = ['litres', 'kilometres', 'kilograms']

export function headWords({ title, kind }: Pick<ResultColumn, 'title' | 'kind'>, { quantity }: Formats): string {
  const unit = inHead.includes(kind) ? quantity.unitOf(kind) : undefined
  return unit ? `${title} (${unit})` : title
}

interface Around {
  formats: Formats
  texts: Texts
  nowMs: number
  /** Whether there is room for the time of older moments. */
  withClock?: boolean
}

/** A cell in the reader's units, zone and language. Null is unknown; 0 is zero. */
export function cellWords(
  { key, kind }: Pick<ResultColumn, 'key' | 'kind'>,
  value: string | number | null | undefined,
  { formats, texts, nowMs, withClock }: Around,
): string {
  if (value === null || value === undefined || value === '') return key === 'site' ? texts.table.noSite : '–'
  if (kind === 'moment')
    return Number.isNaN(Date.parse(String(value)))
      ? String(value)
      : formats.shortMoment(String(value), nowMs, withClock)
  if (kind === 'place') return placeWords(String(value), formats)
  if (!isNumeric({ kind })) return String(value)
  const number = Number(value)
  if (Number.isNaN(number)) return String(value)
  return kind === 'hours' || inHead.includes(kind)
    ? formats.quantity.bare(kind, number)
    : formats.quantity.withUnit(kind, number)
}

function placeWords(value: string, formats: Formats): string {
  const parts = value.split(',').map(Number)
  if (parts.length !== 2 || parts.some(Number.isNaN)) return value
  return parts.map(formats.degrees).join(' ')
}
