import type { Sql } from 'postgres'
import { createAudit } from '../src/audit/audit.ts'
import type { Clock } from '../src/clock.ts'
import { type Config, readConfig } from '../src/config/config.ts'
import type { Environment } from '../src/config/environment-schema.ts'
import { createContext, measureReplica, type ReplicaContext } from '../src/context.ts'
import { type Connection, connectDatabase } from '../src/database/database.ts'
import { createListener } from '../src/database/listen.ts'
import { createSeenBeats } from '../src/database/seen-beats.ts'
import { watchDatabase } from '../src/database/watch-database.ts'
import { createLogger, type Logger } from '../src/observability/logger.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { auditKeys } from './signed-rows.ts'

export const testApp = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'account.asset.view', optional: false }],
  callbackUrl: 'https://standin.example/trackunit/callback',
}

const key = (letter: string) => Buffer.alloc(32, letter).toString('base64url')
const defaults: Environment = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://unused.example/unused', // A test's database is connected to already.
  STANDIN_ENCRYPTION_KEYS: `first:${Buffer.from(new Uint8Array(32).map((_, index) => index)).toString('base64url')}`,
  STANDIN_AUDIT_KEYS: auditKeys,
  STANDIN_LINK_KEYS: `link:${key('l')}`,
  TRACKUNIT_TOKEN_URL: 'https://trackunit.example/apptoken',
  TRACKUNIT_JWKS_URL: 'https://trackunit.example/jwks',
  TRACKUNIT_API_URL: 'https://trackunit.example',
  LOG_LEVEL: 'silent',
}

export interface ReplicaOptions<World extends Clock = Clock> {
  /** Settings in addition to those of every test. */
  environment?: Environment
  app?: Partial<typeof testApp>
  clock?: World
  /** Simulates everything outside. By default, every request fails. */
  fetch?: typeof globalThis.fetch
  random?: () => number
  log?: Logger
  pool?: number
  /** A connection that the test closes itself. */
  connection?: Connection
  /** Names the chains of the audit. */
  process?: string
}

/** The settings of a test. */
export function testConfig({ environment, app }: Pick<ReplicaOptions, 'environment' | 'app'> = {}): Config {
  return readConfig({ ...testApp, ...app }, { ...defaults, ...environment })
}

export interface TestReplica<World extends Clock = Clock> extends AsyncDisposable {
  ctx: ReplicaContext & { clock: World }
  sql: Sql
  close(): Promise<void>
}

/** A replica on a test's database, opened as `openReplica` does, with everything outside simulated. */
export function openTestReplica<World extends Clock = ReturnType<typeof createAdjustableClock>>(
  { url }: { url: string },
  options: ReplicaOptions<World> = {},
): TestReplica<World> {
  const clock = options.clock ?? (createAdjustableClock() as unknown as World)
  const config = testConfig(options)
  const connection = options.connection ?? connectDatabase(url, { pool: options.pool ?? 10 })
  const world = {
    clock,
    log: options.log ?? createLogger('silent'),
    fetch: options.fetch ?? (() => Promise.reject(new TypeError('nothing outside answers in this test'))),
    random: options.random ?? (() => 0),
  }
  const listener = createListener(url)
  const seen = createSeenBeats({ ...world, folder: undefined })
  const context = createContext(config, world, connection)
  const watch = watchDatabase({
    ...world,
    url,
    pooled: false,
    cut: connection.cut,
    replica: listener.replica,
    seen,
    timeCommit: context.metrics.timeCommit,
  })
  measureReplica(context, { connection, watch })
  const audit = options.process
    ? createAudit({ db: connection.db, clock, keys: config.keys.audit, process: options.process })
    : context.audit
  const close = async () => {
    await context.notices.close()
    await watch.close()
    await listener.close()
    if (!options.connection) await connection.close()
  }
  return {
    ctx: { ...context, clock, audit, listener, watch, directUrl: url },
    sql: connection.sql,
    close,
    [Symbol.asyncDispose]: close,
  }
}
