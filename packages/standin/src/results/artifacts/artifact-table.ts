import {
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { moment } from '../../database/moment.ts'
import { goesWithRun } from '../../runs/run-table.ts'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** A file that a run leaves. Only complete files are offered. Ages: deleted `STANDIN_ARTIFACT_DAYS` after its run ended. */
export const artifacts = pgTable(
  'artifacts',
  {
    id: uuid().notNull().defaultRandom(),
    accountId: uuid().notNull(),
    runId: uuid().notNull(),
    name: text().notNull(),
    mediaType: text().notNull(),
    bytes: integer().notNull().default(0),
    chunks: integer().notNull().default(0),
    complete: boolean().notNull().default(false),
    createdAt: moment().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.accountId] }), // In this order: services name a file by its id alone.
    uniqueIndex('artifacts_of_run').on(table.accountId, table.runId, table.name),
    goesWithRun(table),
    index('artifacts_by_age').on(table.createdAt),
  ],
)

/** A file's bytes, in pieces, so that a whole file is never in memory. Ages: with the file. */
export const artifactChunks = pgTable(
  'artifact_chunks',
  {
    accountId: uuid().notNull(),
    artifactId: uuid().notNull(),
    position: integer().notNull(),
    content: bytea().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.artifactId, table.position] }),
    foreignKey({
      columns: [table.accountId, table.artifactId],
      foreignColumns: [artifacts.accountId, artifacts.id],
      name: 'artifact_chunks_artifact',
    }).onDelete('cascade'),
  ],
)
