import type { Destination, ErrorReason, Run, RunEvent, RunState } from '@standin/contracts'
import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { messageColumn } from '../database/message-column.ts'
import type { StoredArtifact } from '../results/artifacts/artifact-store.ts'

/** Runs are the queue: a row that is not promoted waits; pg-boss only carries promoted ones. */
export const runs = pgTable(
  'runs',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid().notNull(),
    actionId: text().notNull(),
    mode: text({ enum: ['preview', 'apply'] }).notNull(),
    input: jsonb().$type<Record<string, unknown>>().notNull(),
    idempotencyKey: text().notNull(),
    startedBy: jsonb().$type<Run['startedBy']>().notNull(),
    mayOverlap: boolean().notNull(),
    /** 0 where a person or a service waits for it, 1 for a schedule's. */
    urgency: smallint().notNull().default(0),
    scheduleId: uuid(),
    /** Of whoever reads its result, where they said it. */
    timeZone: text(),
    unitSystem: text({ enum: ['metric', 'imperial'] }),
    /** Of an applied run: whose changes it makes. */
    previewRunId: uuid(),
    retryOf: uuid(),
    /** Where its result goes when it has ended. */
    deliverTo: jsonb().$type<Destination[]>().notNull().default([]),
    state: text().$type<RunState>().notNull(),
    waitingUntil: timestamp({ withTimezone: true, precision: 3 }),
    /** Set when the run became a job; at most the account's concurrency of them are promoted and not ended. */
    promotedAt: timestamp({ withTimezone: true, precision: 3 }),
    /** Raised each time a worker takes the run: an older worker's writes no longer match. */
    epoch: integer().notNull().default(0),
    /** The replica whose worker has it: the lock of its session says whether it lives. Null: nobody. */
    replicaId: integer(),
    attempts: integer().notNull().default(0),
    /** Tries in a row that failed for a passing reason; a checkpoint sets it back. */
    retries: integer().notNull().default(0),
    /** How often a worker died with it since its last checkpoint. */
    crashes: integer().notNull().default(0),
    /** Wrapped: the driver would read a text that looks like JSON, such as a cursor of digits, as what it looks like. */
    checkpoint: jsonb().$type<{ state: unknown }>(),
    progress: jsonb().$type<Run['progress']>().notNull(),
    steps: jsonb().$type<Run['steps']>().notNull(),
    headline: messageColumn(),
    reason: text().$type<ErrorReason>(),
    lastSeq: integer().notNull().default(0),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    startedAt: timestamp({ withTimezone: true, precision: 3 }),
    endedAt: timestamp({ withTimezone: true, precision: 3 }),
  },
  (table) => [
    uniqueIndex('runs_idempotency').on(table.accountId, table.idempotencyKey),
    index('runs_newest').on(table.accountId, table.createdAt.desc(), table.id.desc()),
    index('runs_of_schedule').on(table.scheduleId, table.createdAt.desc(), table.id.desc()),
    index('runs_of_preview').on(table.previewRunId),
    index('runs_by_end').on(table.endedAt),
    // Looked at by every replica four times a second.
    index('runs_working').on(table.replicaId).where(sql`${table.state} in ('running', 'cancelling')`),
    index('runs_promoted').on(table.accountId).where(sql`${table.promotedAt} is not null and ${table.endedAt} is null`),
    index('runs_waiting')
      .on(table.accountId, table.urgency, table.createdAt)
      .where(sql`${table.state} = 'queued' and ${table.promotedAt} is null`),
    // Whatever the code believes, two runs of one account and action never work at once unless the action allows it.
    uniqueIndex('runs_no_overlap')
      .on(table.accountId, table.actionId)
      .where(sql`${table.state} in ('running', 'waiting', 'cancelling') and not ${table.mayOverlap}`),
  ],
)

export const runEvents = pgTable(
  'run_events',
  {
    runId: uuid()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    body: jsonb().$type<RunEventBody>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
)

/** An event without what the table's own columns and the server's settings say. */
export type RunEventBody = RunEvent extends infer Event
  ? Event extends unknown
    ? Event extends { artifact: object }
      ? Omit<Event, 'seq' | 'at' | 'artifact'> & { artifact: StoredArtifact }
      : Omit<Event, 'seq' | 'at'>
    : never
  : never

export type StoredRunEvent = RunEventBody & Pick<RunEvent, 'seq' | 'at'>
