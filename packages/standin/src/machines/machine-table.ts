import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { Named } from './machine-register.ts'

/** Each account's machines, as its runs last read them. Ages: deleted when no run has read one for `STANDIN_READING_DAYS`. */
export const machines = pgTable(
  'machines',
  {
    accountId: uuid().notNull(),
    machineId: text().notNull(),
    name: text(),
    brand: text(),
    model: text(),
    serialNumber: text(),
    type: text(),
    siteId: text(),
    siteName: text(),
    groups: jsonb().$type<Named[]>().notNull().default([]),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
    address: text(),
    lastSeenAt: moment(),
    operatingHours: doublePrecision(),
    idleHours: doublePrecision(),
    fuelPercent: doublePrecision(),
    batteryPercent: doublePrecision(),
    /** When the counters had these values, if their source says so. */
    countersAt: moment(),
    seenAt: moment().notNull(),
    /** The last runs that read it, at most 32: several runs of an account work at once. */
    seenInRuns: uuid().array().notNull().default([]),
    /** When a run read all machines and this one was not among them. */
    goneAt: moment(),
    /** The scopes that its values were read with: a reader without one of them would see more than Trackunit shows that person. */
    readWith: text().array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.machineId] }),
    index('machines_by_age').on(table.seenAt), // For the sweep.
  ],
)

/** The site that the last run with a question reported for each machine. Ages: replaced by the next run; erased with the account. */
export const reportedSites = pgTable(
  'reported_sites',
  {
    accountId: uuid().notNull(),
    /** The same for runs of an action with the same mode and input. */
    question: text().notNull(),
    machineId: text().notNull(),
    siteId: text(),
    siteName: text(),
    reportedAt: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.question, table.machineId] })],
)

/**
 * The history of counters. `slot` counts six hours: however often runs read, a machine has at most four readings a day.
 * Ages: deleted after `STANDIN_READING_DAYS`.
 */
export const machineReadings = pgTable(
  'machine_readings',
  {
    accountId: uuid().notNull(),
    machineId: text().notNull(),
    slot: integer().notNull(),
    at: moment().notNull(),
    operatingHours: doublePrecision(),
    idleHours: doublePrecision(),
    fuelPercent: doublePrecision(),
    /** The scopes that its values were read with. */
    readWith: text().array().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.machineId, table.slot] }),
    index('machine_readings_by_age').on(table.at),
  ],
)
