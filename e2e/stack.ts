import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { answers, freePort, runPart, startPart, until } from '../scripts/part.ts'
import { startSimulatedTrackunit } from './simulated-trackunit.ts'

export const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
export const otherAccountId = 'c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4'

export interface Stack extends AsyncDisposable {
  server: string
  simulator: string
  /** Every line that the server logged so far. */
  log: readonly string[]
  /** Asks the simulator's control API. */
  control<Answer>(path: string, body?: unknown, method?: 'GET' | 'POST' | 'PUT' | 'DELETE'): Promise<Answer>
  /** The server's database; used to let long times pass. */
  sql: postgres.Sql
  databaseUrl: string
  /** Ends the server with its PostgreSQL, and starts both as new processes. `sql` is another one afterwards. */
  restart(): Promise<void>
  /** Runs an operator's command against the server's database. @returns its standard output */
  operator(...command: string[]): Promise<string>
}

interface StackOptions {
  appOrigin?: string
  fleetSize?: number
  /** The seed of the simulated fleet. */
  seed?: string
  /** Additional settings of the server. */
  environment?: Record<string, string>
  /** The reference actions, which a maker may have deleted, or one of the tests' own: `machine-list`. */
  actions?: 'reference' | 'own'
}

/** A simulated Trackunit in this process; a server and its PostgreSQL as separate processes. */
export async function startStack({
  appOrigin = 'http://localhost:4200',
  fleetSize = 250,
  seed,
  environment = {},
  actions = 'own',
}: StackOptions = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-e2e-'))
  const port = await freePort()
  const server = `http://127.0.0.1:${port}`
  const trackunit = await startSimulatedTrackunit({ server, fleetSize, appOrigin, ...(seed !== undefined && { seed }) })
  const { url: simulator } = trackunit

  const serverEnvironment = {
    PORT: String(port),
    STANDIN_DATA_DIR: folder,
    APP_ORIGINS: appOrigin,
    ...trackunit.settings,
    USER_TOKEN_ISSUER: `${simulator}/user-tokens`,
    USER_TOKEN_JWKS_URL: `${simulator}/user-tokens/jwks`,
    USER_TOKEN_APP_CLAIM: 'irisAppId',
    USER_TOKEN_ACCOUNT_CLAIM: 'accountId',
    USER_TOKEN_SCOPE_CLAIM: 'scp',
    LOG_LEVEL: 'info',
    ...environment,
  }
  const log: string[] = []
  let sql: postgres.Sql | undefined
  const startServer = () =>
    startPart({
      name: 'server',
      command: [actions === 'own' ? 'scripts/demo/server.ts' : 'apps/server/src/main.ts'],
      environment: serverEnvironment,
      onLine: (line) => log.push(line),
    })
  let part = startServer()
  const isReady = () =>
    until(`the server (${log.join(' ')})`, () => answers(`${server}/health/ready`), { timeoutMs: 60_000 })
  const stop = async () => {
    await sql?.end({ timeout: 1 })
    await part.stop()
  }

  const stack: Stack = {
    server,
    simulator,
    log,
    async control<Answer>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
      const init =
        body === undefined
          ? { method }
          : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const signal = AbortSignal.timeout(30_000)
      return (await fetch(`${simulator}/control/${path}`, { ...init, signal })).json() as Promise<Answer>
    },
    get sql() {
      sql ??= postgres(databaseOf(folder), { max: 1, onnotice: () => {} })
      return sql
    },
    get databaseUrl() {
      return databaseOf(folder)
    },
    async restart() {
      await stop()
      sql = undefined
      part = startServer()
      await isReady()
    },
    operator: (...command) =>
      runPart(['packages/standin/bin/standin.ts', ...command], { environment: serverEnvironment }),
    async [Symbol.asyncDispose]() {
      await stop()
      await trackunit.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    await isReady()
    return stack
  } catch (error) {
    await stack[Symbol.asyncDispose]()
    throw new Error(`the server did not start: ${log.join('\n')}`, { cause: error })
  }
}

/** The server's own PostgreSQL, while it is up. */
export function databaseOf(folder: string): string {
  const port = readFileSync(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[3]
  const { applicationPassword } = JSON.parse(readFileSync(join(folder, 'postgres', 'credentials.json'), 'utf8'))
  return `postgres://standin:${applicationPassword}@127.0.0.1:${port}/standin`
}

/**
 * Installs the app on an account, with an identity from ten seconds ago, and waits until its credentials are proven.
 * Identities have whole seconds: the order of two callbacks in the same second is unknown.
 */
export async function install(stack: Stack, account: string): Promise<void> {
  await stack.control('install', { accountId: account, identity: { issuedAgoS: 10 } })
  await until('the proof', async () => (await stateOf(stack, account)) === 'active')
}

/** The state of an account's installation, as users see it. */
async function stateOf(stack: Stack, account: string): Promise<string | undefined> {
  const token = await userToken(stack, { accountId: account })
  const input = encodeURIComponent(JSON.stringify({ accountId: account }))
  const answer = await fetch(`${stack.server}/trpc/installation.get?input=${input}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body = (await answer.json()) as { result?: { data: { state: string } } }
  return body.result?.data.state
}

export async function userToken(
  stack: Stack,
  options: {
    accountId: string
    role?: 'administrator' | 'reader'
    lifetimeS?: number
    claims?: Record<string, unknown>
  },
): Promise<string> {
  const { token } = await stack.control<{ token: string }>('user-token', { role: 'administrator', ...options })
  return token
}
