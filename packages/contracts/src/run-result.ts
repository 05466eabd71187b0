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

/** What an action found, in pages; filled while it runs. */
export const runResultSchema = z.object({
  headline: z.string().nullable(),
  /** More than the sentence: what is left out and why. */
  detail: z.string().nullable(),
  chart: resultChartSchema.nullable(),
  columns: z.array(resultColumnSchema),
  rows: z.array(resultRowSchema),
  /** Rows that match the search and the filter. */
  total: z.int(),
  /** Of the whole result: for each filterable column its values, the most frequent first, at most 50. */
  facets: z.array(z.object({ key: z.string(), values: z.array(z.object({ value: z.string(), rows: z.int() })) })),
})
export type RunResult = z.infer<typeof runResultSchema>
