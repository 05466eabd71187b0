import type { ErrorReason } from '@standin/contracts'
import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import { goesWithRun } from './run-table.ts'

/**
 * The changes that runs intend to make in Trackunit, and how each ended. They belong to a set of changes: that of the
 * preview which found them, if there is one, so that a retried run does not repeat what the earlier one did. Ages: with
 * their run.
 */
export const runEffects = pgTable(
  'run_effects',
  {
    accountId: uuid().notNull(),
    changeSetId: uuid().notNull(),
    key: text().notNull(),
    /** The run that intended it last. */
    runId: uuid().notNull(),
    description: text().notNull(),
    /** `meant`: intended, and perhaps made. `refused`: Trackunit refused it. `put-off`: not made, and can still be made. */
    state: text({ enum: ['meant', 'done', 'refused', 'put-off'] }).notNull(),
    outcome: jsonb().$type<{ value: unknown }>(),
    reason: text().$type<ErrorReason>(),
    meantAt: moment().notNull().defaultNow(),
    endedAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.changeSetId, table.key] }),
    index('run_effects_by_run').on(table.accountId, table.runId),
    goesWithRun(table),
  ],
)
