import { integer, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

/** One row for each account that ever sent a callback: locked while its credentials change hands. */
export const installations = pgTable('installations', {
  accountId: uuid().primaryKey(),
  /** The credentials in force; null while none are, and after an uninstall. */
  activeGeneration: integer(),
  lastGeneration: integer().notNull().default(0),
  /** The newest UNINSTALLED that took effect, by its JWT's time: what was sent before it does not come back. */
  uninstalledAt: timestamp({ withTimezone: true, precision: 3 }),
  /** An uninstall that nothing proves yet. */
  uninstallSignalledAt: timestamp({ withTimezone: true, precision: 3 }),
  /** Of the newest signal that a person said is not true: it is not raised again. */
  uninstallDismissedAt: timestamp({ withTimezone: true, precision: 3 }),
  /** When the lifecycle extension last caused a probe: it causes few. */
  uninstallProbedAt: timestamp({ withTimezone: true, precision: 3 }),
  changedAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
})
