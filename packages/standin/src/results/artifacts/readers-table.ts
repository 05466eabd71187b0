import { type ResultColumn, type ResultRow, unitSymbol } from '@standin/contracts'

/** How people on an account read times and measures. */
export interface ReaderHabits {
  /** An IANA time zone; null: UTC. */
  timeZone: string | null
  unitSystem: 'metric' | 'imperial' | null
  /** A BCP 47 tag; null or missing: English. */
  language?: string | null
}

type Kind = ResultColumn['kind']
/** From the metric value. */
const imperial: Partial<Record<Kind, (value: number) => number>> = {
  litres: (litres) => litres / 3.785411784,
  kilometres: (kilometres) => kilometres / 1.609344,
  kilograms: (kilograms) => kilograms / 0.45359237,
  celsius: (celsius) => celsius * 1.8 + 32,
}

/** A number in the reader's units; a count has no unit. */
export function measured(value: number, kind: Kind, habits: ReaderHabits): { value: number; unit: string | undefined } {
  const convert = habits.unitSystem === 'imperial' ? imperial[kind] : undefined
  return { value: rounded(convert?.(value) ?? value), unit: unitSymbol(kind, habits) }
}

/** The files' own texts. The rest is the action's. */
const english = {
  machine: 'Machine',
  latitude: 'latitude',
  longitude: 'longitude',
  summary: 'Summary',
  result: 'Result',
}
const wordsIn: Readonly<Record<string, typeof english>> = {
  da: { machine: 'Maskine', latitude: 'breddegrad', longitude: 'længdegrad', summary: 'Resumé', result: 'Resultat' },
  de: {
    machine: 'Maschine',
    latitude: 'Breitengrad',
    longitude: 'Längengrad',
    summary: 'Zusammenfassung',
    result: 'Ergebnis',
  },
  fr: { machine: 'Machine', latitude: 'latitude', longitude: 'longitude', summary: 'Résumé', result: 'Résultat' },
  sv: { machine: 'Maskin', latitude: 'latitud', longitude: 'longitud', summary: 'Sammanfattning', result: 'Resultat' },
}

export const fileWords = ({ language }: ReaderHabits): typeof english =>
  wordsIn[language?.split(/[-_]/)[0] ?? ''] ?? english

/** A cell as a reader sees it: a number, a text, or a moment in local time. */
export type ReadersCell = string | number | Temporal.PlainDateTime | null

/** The first column is the machine, if any row has one. */
export interface ReadersTable {
  titles: string[]
  /** One for each title. */
  kinds: Kind[]
  cells: (row: ResultRow) => ReadersCell[]
}

/** A result's rows in the reader's units and time zone, which the titles name. A position takes two columns. */
export function readersTable(
  columns: readonly ResultColumn[],
  habits: ReaderHabits,
  { hasMachines = true }: { hasMachines?: boolean | undefined } = {},
): ReadersTable {
  const timeZone = habits.timeZone ?? 'UTC'
  const words = fileWords(habits)
  const titlesOf = ({ title, kind }: ResultColumn): string[] => {
    if (kind === 'place') return [`${title}, ${words.latitude} (°)`, `${title}, ${words.longitude} (°)`]
    const unit = kind === 'moment' ? timeZone : unitSymbol(kind, habits)
    return [unit === undefined ? title : `${title} (${unit})`]
  }
  const cellsOf = ({ key, kind }: ResultColumn, { cells }: ResultRow): ReadersCell[] => {
    const value = cells[key] ?? null
    if (kind === 'place') return degreesOf(value)
    if (typeof value === 'number') return [measured(value, kind, habits).value]
    return [kind === 'moment' && value !== null ? localTime(value, timeZone) : value]
  }
  return {
    titles: [...(hasMachines ? [words.machine] : []), ...columns.flatMap(titlesOf)],
    kinds: [
      ...(hasMachines ? (['text'] as const) : []),
      ...columns.flatMap(({ kind }) => (kind === 'place' ? [kind, kind] : [kind])),
    ],
    cells: (row) => [
      ...(hasMachines ? [row.machine?.name ?? null] : []),
      ...columns.flatMap((column) => cellsOf(column, row)),
    ],
  }
}

/** Two numbers, which maps and other programs can import. */
function degreesOf(place: string | number | null): ReadersCell[] {
  const [latitude, longitude] = String(place ?? '')
    .split(',')
    .map((degrees) => (degrees.trim() === '' ? Number.NaN : Number(degrees)))
  const isKnown = Number.isFinite(latitude) && Number.isFinite(longitude)
  return isKnown ? [latitude ?? null, longitude ?? null] : [null, null]
}

/** Local time to the second, or the text itself if it is not a moment, so that the file can be made in any case. */
function localTime(moment: string, timeZone: string): Temporal.PlainDateTime | string {
  try {
    const local = Temporal.Instant.from(moment).toZonedDateTimeISO(timeZone).toPlainDateTime()
    return local.round({ smallestUnit: 'second', roundingMode: 'floor' })
  } catch {
    return moment
  }
}

/** Drops the digits that a conversion adds. */
const rounded = (value: number) => Number(value.toPrecision(10))
