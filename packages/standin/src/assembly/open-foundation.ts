import { createUninstall } from '../accounts/uninstall.ts'
import { buildAudit } from '../audit/build-audit.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { connectDatabase } from '../database/database.ts'
import { watchDatabase } from '../database/database-watch.ts'
import { createListener } from '../database/listen.ts'
import { migrateDatabase } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'
import type { Logger } from '../observability/logger.ts'
import { createMetrics } from '../observability/metrics.ts'
import { serveMetrics } from '../observability/metrics-server.ts'
import { countForMetrics } from '../observability/metrics-store.ts'
import { startTraces } from '../observability/start-traces.ts'
import { publishKeys } from '../secrets/publish-keys.ts'
import { createVault } from '../secrets/vault.ts'
import { whenUninstalled } from '../when-uninstalled.ts'

export const version = '0.1.0'

export interface Surroundings {
  log: Logger
  clock: Clock
  /** What was started, in order: each is ended while what stands before it can still be used. */
  closers: Array<() => Promise<unknown>>
}

export type Foundation = Awaited<ReturnType<typeof openFoundation>>

/** What every part stands on: the database and what is heard from it, the audit, the vault, the metrics. */
export async function openFoundation(config: Config, { log, clock, closers }: Surroundings) {
  closers.push(await startTraces(config.traces, { version }))
  const database = await openDatabase(config.database, (line) => log.info(line))
  closers.push(database.close)
  const { db, cut, close } = connectDatabase(database.url, { pooled: database.pooled })
  closers.push(close)
  await migrateDatabase(database.directUrl)
  const audit = buildAudit({
    ...{ db, clock, log },
    policy: { keys: config.keys.audit, retentionMs: config.auditRetentionMs },
  })
  closers.push(await audit.start())
  const listener = createListener(database.directUrl)
  closers.push(listener.close)
  const watch = watchDatabase({ ...database, cut, clock, replica: listener.replica })
  closers.push(watch.close)
  const metrics = createMetrics({ count: () => countForMetrics(db) })
  closers.push(await serveMetrics(metrics, config.metrics, log))
  await publishKeys({ db, ring: config.keys.encryption, replica: listener.replica, log })

  return {
    ...{ config, log, clock, closers, db, audit, listener, watch, metrics },
    /** For what needs a session: not through a transaction pooler. */
    directUrl: database.directUrl,
    vault: createVault(config.keys.encryption),
    uninstall: createUninstall(whenUninstalled),
    userAgent: `Standin/${version} (${config.app.id})`,
    manifestScopes: config.app.scopes.map(({ scope }) => scope),
  }
}
