import type { ErrorReason } from '@standin/contracts'
import { index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { runs } from './run-table.ts'

/**
 * What a run means to change in Trackunit, and how that ended. They belong to the set of changes: the preview that found
 * them where there is one, so that a run that repeats another does not do again what that one did.
 */
export const runEffects = pgTable(
  'run_effects',
  {
    changeSetId: uuid().notNull(),
    key: text().notNull(),
    /** The run that meant it last. */
    runId: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    description: text().notNull(),
    /** `meant`: it may have happened or not. `refused`: Trackunit said no. `put-off`: it did not happen, and can still. */
    state: text({ enum: ['meant', 'done', 'refused', 'put-off'] }).notNull(),
    outcome: jsonb().$type<{ value: unknown }>(),
    reason: text().$type<ErrorReason>(),
    meantAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    endedAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (table) => [primaryKey({ columns: [table.changeSetId, table.key] }), index('run_effects_by_run').on(table.runId)],
)
