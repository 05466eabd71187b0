import type { ResultMap, SentChart, SentColumn, SentFigure, SentOffer, SentResult, SentRow } from '@standin/contracts'
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { messageColumn } from '../database/message-column.ts'
import { moment } from '../database/moment.ts'
import { goesWithRun } from '../runs/run-table.ts'

/** What is counted of all rows of a result; `places` is null without a column of places. */
export type ResultCounts = Pick<SentResult, 'total' | 'facets'> & { places: ResultMap['places'] | null }

/** What a run found, except its headline and its rows. Ages: deleted `STANDIN_RESULT_DAYS` after the end of its run. */
export const runResults = pgTable(
  'run_results',
  {
    accountId: uuid().notNull(),
    runId: uuid().notNull(),
    /** Rows of this earlier run are not new in this one. Not a foreign key: the earlier run may age out first. */
    previousRunId: uuid(),
    /** How many rows a checkpoint has kept. Later rows belong to an unfinished attempt. */
    rows: integer().notNull().default(0),
    columns: jsonb().$type<SentColumn[]>().notNull().default([]),
    chart: jsonb().$type<SentChart>(),
    detail: messageColumn(),
    figure: jsonb().$type<SentFigure>(),
    offer: jsonb().$type<SentOffer>(),
    /** Early findings and their total; null once the action adds rows. */
    early: jsonb().$type<{ rows: SentRow[]; total: number }>(),
    /** Counted once, at the end of the run, since nothing changes afterwards. Null: each reader counts. */
    counts: jsonb().$type<ResultCounts>(),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.runId] }),
    goesWithRun(table),
    index('run_results_by_age').on(table.createdAt),
  ],
)

/** The rows of a result. Ages: with it. */
export const runResultRows = pgTable(
  'run_result_rows',
  {
    accountId: uuid().notNull(),
    runId: uuid().notNull(),
    position: integer().notNull(),
    rowId: text().notNull(),
    /** What it is about, if other rows are about the same. */
    about: text(),
    machine: jsonb().$type<SentRow['machine']>(),
    cells: jsonb().$type<SentRow['cells']>().notNull(),
    isNew: boolean().notNull(),
    /** The machine and the text cells, in lower case, for the search. */
    searched: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.runId, table.position] }),
    uniqueIndex('run_result_rows_id').on(table.accountId, table.runId, table.rowId),
    foreignKey({
      columns: [table.accountId, table.runId],
      foreignColumns: [runResults.accountId, runResults.runId],
      name: 'run_result_rows_result',
    }).onDelete('cascade'),
  ],
)
