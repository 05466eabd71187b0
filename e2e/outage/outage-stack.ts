import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { advisoryLocks } from '../../packages/standin/src/database/advisory-locks.ts'
import { connectDatabase } from '../../packages/standin/src/database/database.ts'
import { startStoppablePostgres } from '../../packages/standin/test/stoppable-postgres.ts'
import { answers, freePort, runPart, startPart, until } from '../../scripts/part.ts'
import { startSimulatedTrackunit } from '../simulated-trackunit.ts'
import { accountId, otherAccountId } from '../stack.ts'

const scopeSets = [['asset.view'], ['account.view'], ['asset.view', 'account.view']]
export const wishes = [accountId, otherAccountId].flatMap((account) =>
  scopeSets.map((scopes) => ({ accountId: account, scopes })),
)

export interface Answer {
  status: number
  body: { accessToken?: string; reason?: string }
}

/** A server process and a PostgreSQL that can be killed independently, and two installed accounts. */
export async function startOutageStack({ outageServeS }: { outageServeS: number }) {
  const database = await startStoppablePostgres()
  const folder = await mkdtemp(join(tmpdir(), 'standin-outage-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const environment: Record<string, string> = {
    PORT: String(port),
    METRICS_PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
    STANDIN_DATA_DIR: folder,
    OUTAGE_SERVE_S: String(outageServeS),
  }
  const trackunit = await startSimulatedTrackunit({ server: url })
  const { url: simulator } = trackunit
  Object.assign(environment, trackunit.settings)

  const said: string[] = []
  let hasEnded = false
  const startServer = () => {
    hasEnded = false
    const part = startPart({
      name: 'server',
      command: ['apps/server/src/main.ts'],
      environment,
      onLine: (line) => said.push(line),
    })
    void part.ended.then(() => {
      hasEnded = true
    })
    return part
  }
  let server = startServer()
  const operator = (...command: string[]) => runPart(['packages/standin/bin/standin.ts', ...command], { environment })
  const health = async () => {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })
    return { ...((await response.json()) as { database: string }), status: response.status }
  }
  const healthIs = (status: number, state: 'up' | 'down') =>
    until(
      `${status} with a database that is ${state} (${said.slice(-5).join('\n')})`,
      async () => {
        const now = await health()
        return now.status === status && now.database === state
      },
      { everyMs: 10 },
    )
  const { sql } = connectDatabase(database.url, { pool: 1 })
  let key = ''

  async function ask(wish = wishes[0]): Promise<Answer> {
    const response = await fetch(`${url}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(wish),
      signal: AbortSignal.timeout(10_000), // A missing answer fails here instead of using up the time of the test.
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }

  const stack = {
    database,
    server: () => server,
    health,
    healthIs,
    ask,
    sql,
    operator,
    said: () => said.slice(-20).join('\n'),
    async killServer() {
      process.kill(server.pid, 'SIGKILL')
      await server.ended
    },
    async startServer(changed: Record<string, string> = {}) {
      Object.assign(environment, changed)
      server = startServer()
      await until('the server', () => answers(`${url}/health/ready`), { everyMs: 20 })
    },
    spooled: async () => (await readdir(join(folder, 'spool')).catch(() => [])).length,
    /** How often each token was handed out according to the audit, by fingerprint. */
    async recorded() {
      const rows = await sql<Array<{ fingerprint: string; count: number }>>`
        select fingerprint, sum(cardinality(entries))::int as count from hand_out_groups
        join hand_out_kinds using (month, writer) where kind = no group by 1`
      return new Map(rows.map(({ fingerprint, count }) => [fingerprint, count]))
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded) process.kill(server.pid, 'SIGCONT') // A stopped process does not handle SIGTERM.
      await server.stop()
      await sql.end({ timeout: 0 })
      await trackunit.close()
      await database[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await until('the server', () => answers(`${url}/health/ready`), { timeoutMs: 60_000, everyMs: 20 })
  for (const account of [accountId, otherAccountId])
    await fetch(`${simulator}/control/install`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accountId: account }),
    })
  key = await operator(
    'keys',
    'create',
    '--service',
    'callers',
    '--account',
    'all',
    '--scopes',
    'asset.view account.view',
  )
  await until('all tokens', async () => (await Promise.all(wishes.map(ask))).every(({ status }) => status === 200))
  return stack
}

/** Asks for tokens as several callers, without a pause, until `end`. @returns the tokens that arrived, by fingerprint */
export function startCallers({ ask }: { ask: (wish?: (typeof wishes)[number]) => Promise<Answer> }, callers: number) {
  const seen = new Map<string, number>()
  let isOver = false
  const loops = Array.from({ length: callers }, async (_, caller) => {
    for (let turn = caller; !isOver; turn++) {
      const answer = await ask(wishes[turn % wishes.length]).catch(() => undefined)
      if (answer?.body.accessToken === undefined) await pause(5)
      else {
        const fingerprint = createHash('sha256').update(answer.body.accessToken).digest('base64url')
        seen.set(fingerprint, (seen.get(fingerprint) ?? 0) + 1)
      }
    }
  })
  const count = () => [...seen.values()].reduce((sum, each) => sum + each, 0)
  return {
    seen,
    count,
    /** Waits until this many more tokens have arrived. */
    more: async (wanted: number) => {
      const from = count()
      await until(`${wanted} more tokens`, async () => count() - from >= wanted, { everyMs: 1 })
    },
    end: async () => {
      isOver = true
      await Promise.all(loops)
    },
  }
}

/** Waits until the server listens for changes again, which empties its memory, and then fills its memory with tokens. */
export async function warmUp(stack: Awaited<ReturnType<typeof startOutageStack>>): Promise<void> {
  await until('a session for LISTEN', async () => {
    const held = await stack.sql`
      select 1 from pg_locks where locktype = 'advisory' and objsubid = 2 and granted and classid = ${advisoryLocks.replicas}`
    return held.length > 0
  })
  const callers = startCallers(stack, 2)
  await callers.more(100)
  await callers.end()
}
