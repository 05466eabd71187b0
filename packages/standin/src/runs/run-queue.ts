import { sql } from 'drizzle-orm'
import { type Db, fromDrizzle, PgBoss } from 'pg-boss'
import postgres, { type Sql } from 'postgres'
import { arrayText, arrayTypes } from '../database/array-types.ts'
import { connectionOptions, type Transaction } from '../database/database.ts'
import { createSockets, type Sockets } from '../database/sockets.ts'
import type { Logger } from '../observability/logger.ts'

const queue = 'runs'

export interface RunQueue extends Pick<Sockets, 'cut'> {
  /** Makes a run a job, in the transaction of the change that allowed it: both are there, or neither. */
  send(tx: Transaction, runId: string, options?: JobOptions): Promise<void>
  /**
   * Works on jobs, `atOnce` of them. A job whose process stopped to answer is given to another: the
   * net under the locks of replicas, which tell in milliseconds.
   */
  work(handle: (runId: string) => Promise<void>, options: { atOnce: number }): Promise<void>
  /** The runs whose jobs a worker has fetched and not ended, whether or not it lives. */
  fetched(): Promise<string[]>
  /** Takes no more jobs; those that are worked on go on. */
  rest(): Promise<void>
  stop(): Promise<void>
}

export interface JobOptions {
  notBefore?: Date
  /** 0 where somebody waits for it, 1 for a schedule's: those come after, whichever account they are of. */
  urgency?: number
}

/** pg-boss, which carries the promoted runs and notices dead workers. Nothing else knows it. */
export async function startRunQueue(databaseUrl: string, log: Logger): Promise<RunQueue> {
  // A small pool of its own: some of pg-boss's statements hold a connection from BEGIN to COMMIT.
  // It counts a job whose heartbeat answers no array of ids as somebody else's, and lets it be taken.
  const { options: ofSockets, cut, end } = createSockets(databaseUrl)
  const options = { ...connectionOptions({ max: 4, name: 'standin-queue' }), types: arrayTypes, ...ofSockets }
  const client = postgres(databaseUrl, options)
  const boss = new PgBoss({
    db: fromPostgresJs(client),
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    openTelemetry: { enabled: false },
  })
  boss.on('error', (error) => log.error({ err: error }, 'run queue'))
  await boss.start()
  await boss.createQueue(queue, { notify: true })
  // A retry is the net under a dead worker; what an action's failure means, and how often is too often, is decided in
  // `runs`, never here: a job that pg-boss gave up would leave its run behind for ever.
  await boss.updateQueue(queue, {
    retryLimit: 1_000_000,
    retentionSeconds: 365 * 24 * 3_600,
    retryDelay: 0,
    heartbeatSeconds: 10,
    expireInSeconds: 24 * 3_600 - 1,
  })

  return {
    async send(tx, runId, { notBefore, urgency = 0 } = {}) {
      await boss.send(
        queue,
        { runId },
        { db: fromDrizzle(tx, sql), priority: urgency === 0 ? 1 : 0, ...(notBefore && { startAfter: notBefore }) },
      )
    },
    async work(handle, { atOnce }) {
      // `pollingIntervalSeconds` alone is not enough: with `notify` the fallback's default is thirty seconds.
      const polling = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, heartbeatRefreshSeconds: 3 }
      for (let worker = 0; worker < atOnce; worker++) {
        await boss.work<{ runId: string }>(queue, { ...polling, batchSize: 1 }, async ([job]) => {
          if (job) await handle(job.data.runId)
        })
      }
    },
    async fetched() {
      const rows = await client<Array<{ runId: string }>>`
        select distinct data ->> 'runId' as "runId" from pgboss.job where name = ${queue} and state = 'active'`
      return rows.map(({ runId }) => runId)
    },
    cut,
    rest: () => boss.offWork(queue, { wait: false }),
    async stop() {
      try {
        await boss.stop({ graceful: true, timeout: 5_000 })
      } finally {
        await client.end({ timeout: 1 }).finally(end)
      }
    },
  }
}

/** pg-boss over postgres.js. Its texts of several statements need one connection from start to end. */
function fromPostgresJs(client: Sql): Db {
  const run = async (target: Pick<Sql, 'unsafe'>, text: string, values: unknown[]) => {
    const result: unknown[] = await target.unsafe(text, values.map(asParameter) as never[])
    return { rows: (result.some(Array.isArray) ? result.flat() : [...result]) as never[] }
  }
  return {
    async executeSql(text, values = []) {
      if (!/^\s*BEGIN\b/i.test(text)) return run(client, text, values)
      const reserved = await client.reserve()
      try {
        return await run(reserved, text, values)
      } catch (error) {
        // What failed is still in its transaction: whoever had the connection next would fail as well.
        await reserved`rollback`.catch(() => {})
        throw error
      } finally {
        reserved.release()
      }
    },
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await client.listen(channel, onNotification, onReconnect)
      return { close: unlisten }
    },
  }
}

/** An array as text: without its types the driver would join the elements by commas. */
const asParameter = (value: unknown) => (Array.isArray(value) ? arrayText(value) : value)
