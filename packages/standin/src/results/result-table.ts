import type { SentChart, SentColumn, SentRow } from '@standin/contracts'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { messageColumn } from '../database/message-column.ts'
import { runs } from '../runs/run-table.ts'

/** What a run found, but for its headline and its rows. */
export const runResults = pgTable('run_results', {
  runId: uuid()
    .primaryKey()
    .references(() => runs.id, { onDelete: 'cascade' }),
  /** The run whose rows are not new in this one. No reference: it may age out before. */
  previousRunId: uuid(),
  /** Rows up to here were kept by a checkpoint; those after it are of an attempt that is not done. */
  rows: integer().notNull().default(0),
  columns: jsonb().$type<SentColumn[]>().notNull().default([]),
  chart: jsonb().$type<SentChart>(),
  detail: messageColumn(),
})

export const runResultRows = pgTable(
  'run_result_rows',
  {
    runId: uuid()
      .notNull()
      .references(() => runResults.runId, { onDelete: 'cascade' }),
    position: integer().notNull(),
    rowId: text().notNull(),
    machine: jsonb().$type<SentRow['machine']>(),
    cells: jsonb().$type<SentRow['cells']>().notNull(),
    isNew: boolean().notNull(),
    /** The machine and the text cells, in lower case, to be searched. */
    searched: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.position] }),
    uniqueIndex('run_result_rows_id').on(table.runId, table.rowId),
  ],
)
