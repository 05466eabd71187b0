import { type Audit, createAudit } from './audit/audit.ts'
import { type Clock, createSteadyClock } from './clock.ts'
import type { Config } from './config/config.ts'
import { type Connection, connectDatabase, type Database, poolWaitS, type Transaction } from './database/database.ts'
import type { DatabaseWatch } from './database/database-watch.ts'
import { createListener, type ReplicaListener } from './database/listen.ts'
import { migrateDatabase } from './database/migrate.ts'
import { createNotifier, type Notice, type Notices, type Notifier, notify } from './database/notices.ts'
import { openDatabase } from './database/open-database.ts'
import { createSeenBeats } from './database/seen-beats.ts'
import { createSharedTurns, type SharedTurns } from './database/shared-turns.ts'
import { watchDatabase } from './database/watch-database.ts'
import type { Logger } from './observability/logger.ts'
import { createMetrics, type Metrics } from './observability/metrics.ts'
import { createSignedRows, type SignedRows } from './secrets/signed-rows.ts'
import { createVault, type Vault } from './secrets/vault.ts'
import { version } from './version.ts'

/** What the process is given from outside: everything that a test sets instead of waiting for it. */
export interface World {
  clock: Clock
  log: Logger
  fetch: typeof globalThis.fetch
  /** From 0 up to 1: spreads retries and refreshes. */
  random: () => number
}

/** What every rule works with. Created once per process and passed whole. */
export interface Context extends World {
  config: Config
  /** The database, or the transaction that the rule runs in. */
  db: Database
  /** Signs and chains what is recorded. */
  audit: Audit
  /** Wakes the other replicas, and this one; in a transaction, after its commit. */
  notices: Notices
  vault: Vault
  /** Signs and verifies the rows that decide who has access. */
  signedRows: SignedRows
  metrics: Metrics
  /** The rate of requests to Trackunit over all accounts, which all replicas share. */
  requestTurns: SharedTurns
  /** Names app and version to Trackunit. */
  userAgent: string
}

/** What a store needs for a change that it announces to other replicas. */
export type Announcing<Db extends Database = Transaction> = { db: Db; notices: Notices }

/** A context whose `db` is a transaction: what is written through it commits together, or not at all. */
export type InTransaction<Ctx extends Announcing<Database> = Context> = Omit<Ctx, 'db'> & { db: Transaction }

/** The context of one replica of the server, which listens to the others. */
export interface ReplicaContext extends Context {
  listener: ReplicaListener
  watch: DatabaseWatch
  /** A direct connection, for what needs its own session. Not through a transaction pooler. */
  directUrl: string
}

/**
 * Runs `work` in one transaction; it commits when `work` returns and rolls back when it throws. Its notices are sent after
 * the commit.
 */
export async function inTransaction<Ctx extends Announcing<Database>, Result>(
  ctx: Ctx,
  work: (tx: InTransaction<Ctx>) => Promise<Result>,
): Promise<Result> {
  const after: Notice[] = []
  const notices: Notices = { send: (channel, payload = '') => void after.push([channel, payload]) }
  const result = await ctx.db.transaction((db) => work({ ...ctx, db, notices }))
  for (const notice of after) ctx.notices.send(...notice)
  return result
}

/** An open context. `close` closes everything in reverse order. */
export interface Opened<Ctx> {
  ctx: Ctx
  close(): Promise<void>
}

/**
 * Opens the database and everything that needs it, for one operator command.
 * @param pool connections that it may use
 */
export async function openContext(
  config: Config,
  world: World,
  { pool = 2, say = () => {} }: { pool?: number; say?: (line: string) => void } = {},
): Promise<Opened<Context>> {
  const database = await openDatabase(config.database, say)
  try {
    await migrateDatabase(database.directUrl)
  } catch (error) {
    await database.close()
    throw error
  }
  const connection = connectDatabase(database.url, { pool, pooled: database.pooled })
  const ctx = createContext(config, world, connection)
  return {
    ctx,
    async close() {
      await ctx.audit.slot.release().catch(() => {})
      await ctx.notices.close()
      await connection.close()
      await database.close()
    },
  }
}

/** No statement of a server takes seconds. A hanging one would block its connection and everything that waits for it. */
const statementMs = 60_000

/** The same for a replica of the server, with a session on which it listens to the others. */
export async function openReplica(
  config: Config,
  world: World,
): Promise<Opened<ReplicaContext> & Pick<ReturnType<typeof watchDatabase>, 'onOtherHistory'>> {
  const database = await openDatabase(config.database, (line) => world.log.info(line))
  try {
    await migrateDatabase(database.directUrl)
  } catch (error) {
    await database.close()
    throw error
  }
  const connection = connectDatabase(database.url, {
    pool: config.database.pool,
    pooled: database.pooled,
    statementMs,
  })
  const listener = createListener(database.directUrl)
  const clock = createSteadyClock(world.clock)
  const ctx = createContext(config, { ...world, clock }, connection)
  const seen = createSeenBeats({ ...world, folder: config.database.embeddedDir })
  const watch = watchDatabase({
    ...database,
    ...world,
    cut: connection.cut,
    replica: listener.replica,
    correctClock: clock.correct,
    seen,
    ownEnds: ctx.audit.knownEnds,
    timeCommit: ctx.metrics.timeCommit,
  })
  clock.onJump(() => void watch.suspect())
  measureReplica(ctx, { connection, watch })
  ctx.metrics.readAtScrape({ dataDirWritable: seen.isWritable })
  return {
    ctx: { ...ctx, listener, watch, directUrl: database.directUrl },
    onOtherHistory: watch.onOtherHistory,
    async close() {
      await ctx.notices.close()
      await watch.close()
      await listener.close()
      await connection.close()
      await database.close()
    },
  }
}

/** Adds what the metrics read from a replica at each scrape. */
export function measureReplica(
  { metrics, config, clock }: Context,
  { connection, watch }: { connection: Connection; watch: DatabaseWatch },
): void {
  metrics.readAtScrape({
    watch,
    preparedTexts: connection.preparedTexts,
    poolWaitS: () => poolWaitS(connection, clock),
  })
  metrics.nameEncryptionKey(config.keys.encryption[0].kid)
}

/** A context over a connection that the caller closes. */
export function createContext(
  config: Config,
  world: World,
  { db }: Pick<Connection, 'db'>,
): Context & { notices: Notifier } {
  const metrics = createMetrics()
  return {
    ...world,
    config,
    db,
    audit: createAudit({ db, clock: world.clock, keys: config.keys.audit }),
    notices: createNotifier((notices) => notify(db, notices)),
    vault: createVault(config.keys.encryption),
    signedRows: createSignedRows({ ring: config.keys.audit, log: world.log, metrics }),
    metrics,
    requestTurns: createSharedTurns({ db }, { name: 'trackunit', perSecond: config.trackunit.maxRequestsPerS }),
    userAgent: `Standin/${version} (${config.app.id})`,
  }
}
