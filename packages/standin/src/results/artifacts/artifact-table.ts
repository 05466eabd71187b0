import {
  boolean,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { runs } from '../../runs/run-table.ts'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** A file that a run leaves. Only complete files are offered. */
export const artifacts = pgTable(
  'artifacts',
  {
    id: uuid().primaryKey().defaultRandom(),
    runId: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    accountId: uuid().notNull(),
    name: text().notNull(),
    mediaType: text().notNull(),
    bytes: integer().notNull().default(0),
    chunks: integer().notNull().default(0),
    complete: boolean().notNull().default(false),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex().on(table.runId, table.name),
    index('artifacts_of_account').on(table.accountId),
    index('artifacts_by_age').on(table.createdAt),
  ],
)

/** A file's bytes, in pieces, so that a whole file is never in memory. */
export const artifactChunks = pgTable(
  'artifact_chunks',
  {
    artifactId: uuid()
      .notNull()
      .references(() => artifacts.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    content: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.artifactId, table.position] })],
)
