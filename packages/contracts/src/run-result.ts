import { z } from 'zod'
import { actionIdSchema } from './action.ts'
import { messageSchema } from './message.ts'
import type { Spoken } from './message-texts.ts'
import { resultIconSchema } from './result-icon.ts'
import { lineSchema } from './text.ts'

/**
 * How a column's cells are read and shown. Numbers are metric and plain; the reader's own units are applied when they are
 * shown: `hours`, `percent` (0 to 100), `litres`, `kilometres`, `kilograms`, `volts`, `celsius`.
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
  title: messageSchema,
  kind: columnKindSchema,
  /** Whether `run.result` can filter by a value of it; its values are then in `facets`. */
  filterable: z.boolean(),
  /** For a `place`: the key of the column with the name of the place, such as the site. */
  namedBy: z.string().optional(),
  /** The key of the column in whose cell this one is shown, as its second line. */
  under: z.string().optional(),
  /** The icon of each value, shown in the first cell of the row. */
  icons: z.array(z.object({ of: messageSchema, icon: resultIconSchema })).optional(),
})
/** As it is sent and stored: texts may be messages. */
export type SentColumn = z.infer<typeof resultColumnSchema>
/** As it is shown: every message is a text. */
export type ResultColumn = Spoken<SentColumn>

/** A machine as a row shows it: what it is, and how people know it. */
export const rowMachineSchema = z.object({ id: z.string(), name: z.string(), detail: z.string().nullable() })

export const resultRowSchema = z.object({
  id: z.string(),
  /** The row's machine, to link into Manager; null for other rows. */
  machine: rowMachineSchema.nullable(),
  /** By the column's key; null is unknown, 0 is zero. */
  cells: z.record(z.string(), z.union([messageSchema, z.number(), z.null()])),
  /** The previous run did not have this row. */
  isNew: z.boolean(),
})
/** A row of a result: its machine, and its cells by the columns' keys. Numbers are metric; null is unknown. */
export type SentRow = z.infer<typeof resultRowSchema>
/** A row of a result whose messages are texts. Numbers are metric; null is unknown. */
export type ResultRow = Spoken<SentRow>

/**
 * A result has at most one chart. Null is a gap and is shown as a gap. `column` is the key of the filterable column whose
 * values label the bars or the chart's columns: each of them then filters the rows.
 */
export const resultChartSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bars'),
    title: messageSchema,
    unit: columnKindSchema,
    bars: z.array(z.object({ label: messageSchema, value: z.number() })),
    column: z.string().optional(),
    note: messageSchema.nullable(),
  }),
  z.object({
    kind: z.literal('stacked'),
    title: messageSchema,
    unit: columnKindSchema,
    series: z.array(z.object({ key: z.string(), label: messageSchema })),
    columns: z.array(
      z.object({
        label: messageSchema,
        values: z.record(z.string(), z.number().nullable()),
        note: messageSchema.nullable(),
      }),
    ),
    column: z.string().optional(),
    note: messageSchema.nullable(),
  }),
  /**
   * What is compared over time, such as types of machine by their idle share in the last weeks: for each grouping its
   * rows, the worst first. Readers switch between groupings; the first is shown.
   */
  z.object({
    kind: z.literal('compared'),
    title: messageSchema,
    unit: columnKindSchema,
    /** The periods from the oldest to the one that is compared, at most 26. */
    periods: z
      .array(
        z.object({
          label: messageSchema,
          /** Whether the values of this period come from a part of it: it is drawn hatched. */
          isPartial: z.boolean(),
        }),
      )
      .min(1)
      .max(26),
    groupings: z
      .array(
        z.object({
          key: z.string(),
          /** As the switch says it: `By type`. */
          label: messageSchema,
          /** Of the first column: `Type`. */
          title: messageSchema,
          rows: z.array(
            z.object({
              label: messageSchema,
              /** Such as `112 of 243 hours`. */
              detail: messageSchema.nullable(),
              /** One for each period; null is unknown. The last is the one that is compared with the one before. */
              values: z.array(z.number().nullable()),
            }),
          ),
        }),
      )
      .min(1)
      .max(4),
    /** Whether more is worse: readers see a rise as a warning. */
    isMoreWorse: z.boolean(),
    /** Why periods are partial; always visible, beside the hatching. */
    partialNote: messageSchema.nullable(),
    note: messageSchema.nullable(),
  }),
])
export type SentChart = z.infer<typeof resultChartSchema>
/** The chart of a result, in English. Null is a gap. */
export type ResultChart = Spoken<SentChart>

/** From edge to edge, in degrees. The edges belong to it. */
export const areaSchema = z.strictObject({
  south: z.number().min(-90).max(90),
  west: z.number().min(-180).max(180),
  north: z.number().min(-90).max(90),
  east: z.number().min(-180).max(180),
})
/** A part of the map, from edge to edge, in degrees. The edges belong to it. */
export type Area = z.infer<typeof areaSchema>

/** Where the rows are. Rows within a grid cell of at least an eighth of a degree are one place; 144 places at most. */
export const resultMapSchema = z.object({
  places: z.array(
    z.object({
      /** The mean position of its rows, in degrees. */
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      /** The smallest area that has all of its rows: `run.result` returns them for it. */
      area: areaSchema,
      rows: z.int().positive(),
      /** The most frequent name among its rows. */
      name: z.string().nullable(),
      /** How many other names its rows have. */
      otherNames: z.int().nonnegative(),
    }),
  ),
  /** Rows without a known position. */
  rowsWithoutPlace: z.int().nonnegative(),
})
/** Where the rows of a result are, as at most 144 places. */
export type ResultMap = z.infer<typeof resultMapSchema>

/** The number that a result is about, and the words that go on from it: 33, `of 250 machines need attention`. */
export const resultFigureSchema = z.object({ value: z.number(), unit: columnKindSchema, words: messageSchema })
export type SentFigure = z.infer<typeof resultFigureSchema>

/** A schedule that the reader may want because of this result; the app offers it. */
export const offeredScheduleSchema = z.object({
  /** An action that only reads. It runs with its defaults. */
  actionId: actionIdSchema,
  /** A recurrence rule, such as `FREQ=DAILY;BYHOUR=5;BYMINUTE=0`. @see RFC 5545 §3.3.10 */
  recurrence: lineSchema(500).min(1),
  title: messageSchema,
  /** What the reader gets from it, and when. */
  means: messageSchema,
})
export type SentOffer = z.infer<typeof offeredScheduleSchema>

/** What an action found, in pages. It grows while the action runs. */
export const runResultSchema = z.object({
  headline: messageSchema.nullable(),
  /** For emails, which show it large; null if the action gives none. */
  figure: resultFigureSchema.nullable(),
  offer: offeredScheduleSchema.nullable(),
  /** More than the sentence: what is left out and why. */
  detail: messageSchema.nullable(),
  chart: resultChartSchema.nullable(),
  /** Of the rows that match; on the first page alone, and null if no column is a `place`. */
  map: resultMapSchema.nullable(),
  columns: z.array(resultColumnSchema),
  /** While the action still looks, what it has found so far: the rows of `early`, which cannot be searched. */
  rows: z.array(resultRowSchema),
  /** Rows that match the search and the filter. */
  total: z.int(),
  /** Of the whole result: for each filterable column its values, the most frequent first, at most 50. */
  facets: z.array(
    z.object({
      key: z.string(),
      values: z.array(
        z.object({
          value: z.string(),
          message: messageSchema,
          rows: z.int(),
          /** How many of them the previous run did not have. */
          newRows: z.int(),
        }),
      ),
    }),
  ),
})
/** What a run found so far: a sentence, at most one chart, columns, and a page of rows. */
export type SentResult = z.infer<typeof runResultSchema>
/** What a run found, whose messages are texts: see `spoken`. */
export type RunResult = Spoken<SentResult>
