import type { Artifact, Destination, ErrorReason, Run, RunEvent, RunState } from '@standin/contracts'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { awaitsAccount } from '../accounts/account-table.ts'
import { arrayParameter } from '../database/is-among.ts'
import { messageColumn } from '../database/message-column.ts'
import { moment } from '../database/moment.ts'

/**
 * Runs, which are also their own queue: a promoted run that no replica holds is due at `waitingUntil`, or at once. Each
 * replica claims due runs; nothing else carries them. Ages: deleted `STANDIN_RUN_DAYS` after the end.
 */
export const runs = pgTable(
  'runs',
  {
    id: uuid().notNull().defaultRandom(),
    accountId: uuid().notNull(),
    actionId: text().notNull(),
    mode: text({ enum: ['preview', 'apply'] }).notNull(),
    input: jsonb().$type<Record<string, unknown>>().notNull(),
    idempotencyKey: text().notNull(),
    startedBy: jsonb().$type<Run['startedBy']>().notNull(),
    /**
     * What it may read with: the scopes of its action, and the optional ones that its starter had and the account had
     * granted. Its tokens have no others, and a caller needs all of them to read what it found.
     */
    readsWith: text().array().notNull(),
    mayOverlap: boolean().notNull(),
    /** 0 if a person or a service waits for it, 1 if a schedule started it. */
    urgency: smallint().notNull().default(0),
    scheduleId: uuid(),
    /** The reader's time zone, if known. */
    timeZone: text(),
    unitSystem: text({ enum: ['metric', 'imperial'] }),
    language: text(),
    accountName: text(),
    /** For an applied run: the preview whose changes it makes. */
    previewRunId: uuid(),
    /** Rows of its preview, by id, whose changes are not made. */
    leaveOut: jsonb().$type<string[]>().notNull().default([]),
    retryOf: uuid(),
    /** Where its result goes when it has ended. */
    deliverTo: jsonb().$type<Destination[]>().notNull().default([]),
    state: text().$type<RunState>().notNull(),
    waitingUntil: moment(),
    waitingFor: jsonb().$type<NonNullable<Run['waitingFor']>>(),
    /** When it was promoted. Of an account's open runs, at most as many as its concurrency allows are promoted. */
    promotedAt: moment(),
    /** Incremented each time a worker claims the run: the writes of an earlier worker no longer match. */
    epoch: integer().notNull().default(0),
    /** The replica whose worker holds it; it is alive while its session's lock is held. Null: no worker holds it. */
    replicaId: integer(),
    awaitsAccount: awaitsAccount(),
    attempts: integer().notNull().default(0),
    /** Attempts in a row that failed for a temporary reason; a checkpoint resets it. */
    retries: integer().notNull().default(0),
    /** How often a worker died while it worked on it, since its last checkpoint. */
    crashes: integer().notNull().default(0),
    /** Wrapped in an object: the driver would parse a bare text that looks like JSON, such as a cursor of digits. */
    checkpoint: jsonb().$type<{ state: unknown; done?: Readonly<Record<string, { value?: unknown }>> }>(),
    progress: jsonb().$type<Run['progress']>().notNull(),
    steps: jsonb().$type<Run['steps']>().notNull(),
    headline: messageColumn(),
    incomplete: messageColumn(),
    reason: text().$type<ErrorReason>(),
    failure: messageColumn(),
    lastSeq: integer().notNull().default(0),
    createdAt: moment().notNull().defaultNow(),
    startedAt: moment(),
    endedAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.accountId] }), // In this order: services name a run by its id alone.
    uniqueIndex('runs_idempotency').on(table.accountId, table.idempotencyKey),
    index('runs_newest').on(table.accountId, table.createdAt, table.id),
    index('runs_last_of_action')
      .on(table.accountId, table.actionId, table.endedAt)
      .where(sql`${table.endedAt} is not null`),
    index('runs_of_schedule')
      .on(table.accountId, table.scheduleId, table.createdAt, table.id)
      .where(sql`${table.scheduleId} is not null`),
    index('runs_of_preview').on(table.accountId, table.previewRunId).where(sql`${table.previewRunId} is not null`),
    index('runs_by_end').on(table.endedAt),
    index('runs_by_state').on(table.state, table.createdAt, table.id), // Counted at each scrape of the metrics, and listed.
    // Read by every replica several times a second, as is the next.
    index('runs_working').on(table.replicaId).where(sql`${table.state} in ('running', 'cancelling')`),
    index('runs_due')
      .on(table.urgency, sql`coalesce(${table.waitingUntil}, ${table.promotedAt})`)
      .where(
        sql`${table.promotedAt} is not null and ${table.endedAt} is null and ${table.replicaId} is null
          and (not ${table.awaitsAccount} or ${table.state} = 'cancelling')`,
      ),
    index('runs_awaiting_account').on(table.accountId).where(sql`${table.awaitsAccount}`),
    index('runs_promoted').on(table.accountId).where(sql`${table.promotedAt} is not null and ${table.endedAt} is null`),
    index('runs_waiting')
      .on(table.accountId, table.urgency, table.createdAt)
      .where(sql`${table.state} = 'queued' and ${table.promotedAt} is null`),
    // Enforced here as well: two runs of one account and action are never worked on at once unless the action allows it.
    uniqueIndex('runs_no_overlap')
      .on(table.accountId, table.actionId)
      .where(sql`${table.state} in ('running', 'waiting', 'cancelling') and not ${table.mayOverlap}`),
  ],
)

/** Names a run. Every statement about a run names its account as well, so that it stays on one shard: `docs/scaling.md`. */
export type RunKey = Pick<typeof runs.$inferSelect, 'id' | 'accountId'>

interface OfRun {
  accountId: AnyPgColumn
  runId: AnyPgColumn
}

/** The rows of a table that belong to a run. */
export const isOfRun = (table: OfRun, { id, accountId }: RunKey | typeof runs): SQL | undefined =>
  and(eq(table.accountId, accountId), eq(table.runId, id))

/**
 * Whether a run, or another row, was read with none but these scopes; undefined allows any, since a caller's own are unknown.
 * @param scopes the column with those that it was read with
 */
export const isReadWith = (own: readonly string[] | undefined, scopes: AnyPgColumn = runs.readsWith): SQL =>
  sql`(${own === undefined}::boolean or ${scopes} <@ (select ${arrayParameter(own ?? [], 'text')}))`

/** A foreign key: the rows are deleted with their run. */
export const goesWithRun = ({ accountId, runId }: OfRun) =>
  foreignKey({ columns: [accountId, runId], foreignColumns: [runs.accountId, runs.id] }).onDelete('cascade')

/** What watchers of a run are shown, numbered. Ages: with its run. */
export const runEvents = pgTable(
  'run_events',
  {
    accountId: uuid().notNull(),
    runId: uuid().notNull(),
    seq: integer().notNull(),
    at: moment().notNull().defaultNow(),
    body: jsonb().$type<RunEventBody>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.runId, table.seq] }), goesWithRun(table)],
)

/** A file as it is stored: how long it is kept depends on the server's settings. */
export type StoredArtifact = Omit<Artifact, 'keptUntil'>

/** An event without what the table's other columns and the server's settings add. */
export type RunEventBody = RunEvent extends infer Event
  ? Event extends unknown
    ? Event extends { artifact: object }
      ? Omit<Event, 'seq' | 'at' | 'artifact'> & { artifact: StoredArtifact }
      : Omit<Event, 'seq' | 'at'>
    : never
  : never

export type StoredRunEvent = RunEventBody & Pick<RunEvent, 'seq' | 'at'>
