import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { Named } from './machine-register.ts'

const moment = () => timestamp({ withTimezone: true, precision: 3 })

/** Each account's machines, as its runs saw them last. */
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
    /** When the counters stood so, where their source says it. */
    countersAt: moment(),
    seenAt: moment().notNull(),
    /** The runs that saw it last, at most 32: several of an account work at once. */
    seenInRuns: uuid().array().notNull().default([]),
    /** Of servers before migration 0021, which go on beside these in a deploy; a later version takes them away. */
    toldAt: moment(),
    toldSiteId: text(),
    toldSiteName: text(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.machineId] }),
    index('machines_by_age').on(table.seenAt), // For the sweep.
  ],
)

/** Where the last run that was asked a question told each machine to be. */
export const toldPlaces = pgTable(
  'told_places',
  {
    accountId: uuid().notNull(),
    /** The same for runs of an action that are asked for the same. */
    question: text().notNull(),
    machineId: text().notNull(),
    siteId: text(),
    siteName: text(),
    toldAt: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.question, table.machineId] })],
)

/** How counters went. `slot` counts six hours: however often runs read, a machine has at most four readings a day. */
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
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.machineId, table.slot] }),
    index('machine_readings_by_age').on(table.at),
  ],
)
