import { z } from 'zod'

/**
 * How a column's cells are read and shown. Numbers are metric and plain; whoever shows them turns them into the
 * reader's own units: `hours`, `percent` (0 to 100), `litres`, `kilometres`, `kilograms`, `volts`, `celsius`.
 * `moment` is ISO 8601 UTC, `place` a position as "latitude,longitude" in degrees.
 */
export const columnKindSchema = z.enum([
  'text',
  'number',
  'hours',
  'percent',
  'litres',
  'kilometres',
  'kilograms',
  'volts',
  'celsius',
  'moment',
  'place',
])

export const resultColumnSchema = z.object({
  key: z.string(),
  title: z.string(),
  kind: columnKindSchema,
  /** Whether `run.result` can filter by a value of it; its values are then in `facets`. */
  filterable: z.boolean(),
  /** Of a `place`: the key of the column that says what the places are called, such as the site. */
  namedBy: z.string().optional(),
})
export type ResultColumn = z.infer<typeof resultColumnSchema>

export const resultRowSchema = z.object({
  id: z.string(),
  /** The machine that the row is about, to link into Manager; null for other rows. */
  machine: z.object({ id: z.string(), name: z.string(), detail: z.string().nullable() }).nullable(),
  /** By the column's key; null is "not known", 0 is zero. */
  cells: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  /** Not in the last run's result. */
  isNew: z.boolean(),
})
export type ResultRow = z.infer<typeof resultRowSchema>

/** At most one for a result. Null is a gap and stays one. */
export const resultChartSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bars'),
    title: z.string(),
    unit: columnKindSchema,
    bars: z.array(z.object({ label: z.string(), value: z.number() })),
    note: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('stacked'),
    title: z.string(),
    unit: columnKindSchema,
    series: z.array(z.object({ key: z.string(), label: z.string() })),
    columns: z.array(
      z.object({
        label: z.string(),
        values: z.record(z.string(), z.number().nullable()),
        note: z.string().nullable(),
      }),
    ),
    note: z.string().nullable(),
  }),
])
export type ResultChart = z.infer<typeof resultChartSchema>

/** Where the rows are, those that are close to each other as one, an eighth of a degree at least: 144 places at most. */
export const resultMapSchema = z.object({
  places: z.array(
    z.object({
      /** In the middle of its rows, in degrees. */
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      rows: z.int().positive(),
      /** What most of its rows that have a name call it. */
      name: z.string().nullable(),
      /** How many more names its rows have. */
      otherNames: z.int().nonnegative(),
    }),
  ),
  /** Rows of which no place is known. */
  rowsWithoutPlace: z.int().nonnegative(),
})
export type ResultMap = z.infer<typeof resultMapSchema>

/** What an action found, in pages; filled while it runs. */
export const runResultSchema = z.object({
  headline: z.string().nullable(),
  /** More than the sentence: what is left out and why. */
  detail: z.string().nullable(),
  chart: resultChartSchema.nullable(),
  /** Of the rows that match; on the first page alone, and null where no column is a `place`. */
  map: resultMapSchema.nullable(),
  columns: z.array(resultColumnSchema),
  rows: z.array(resultRowSchema),
  /** Rows that match the search and the filter. */
  total: z.int(),
  /** Of the whole result: for each filterable column its values, the most frequent first, at most 50. */
  facets: z.array(z.object({ key: z.string(), values: z.array(z.object({ value: z.string(), rows: z.int() })) })),
})
export type RunResult = z.infer<typeof runResultSchema>
