import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from 'standin/embedded-postgres'
import { answers, freePort, type Part, runPart, startPart, until } from '../scripts/part.ts'

export const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

export interface BenchStack extends AsyncDisposable {
  servers: ReadonlyArray<{ url: string; part: Part }>
  simulator: string
  /** May have a token with `asset.view` of every account. */
  serviceKey: string
  reference: { url: string; pid: number }
  databaseUrl: string
  control<Answer>(path: string, body: unknown, method?: 'POST' | 'PUT'): Promise<Answer>
  /** The one that was asked for. */
  worker: Part | undefined
  /** One more process over the same database that does nothing but work in the background. */
  startWorker(): Promise<Part>
}

const newKey = (name: string) => `${name}:${randomBytes(32).toString('base64url')}`

interface BenchStackOptions {
  replicas?: number
  fleetSize?: number
  /** One worker apart from the servers, which then work on no runs. */
  worker?: 'apart'
}

/** Servers as they are deployed over one PostgreSQL with fsync, a simulated Trackunit and the bare references, each a process. */
export async function startBenchStack({
  replicas = 1,
  fleetSize = 250,
  worker: workerPlace,
}: BenchStackOptions = {}): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-bench-'))
  const database = await startEmbeddedPostgres({ dataDir: folder })
  const [simulatorPort = 0, referencePort = 0, ...serverPorts] = await Promise.all(
    Array.from({ length: replicas + 2 }, freePort),
  )
  const simulator = `http://127.0.0.1:${simulatorPort}`
  const first = `http://127.0.0.1:${serverPorts[0]}`
  const parts: Part[] = []
  const log: string[] = []
  const start = (name: string, file: string, environment: Record<string, string>) => {
    const part = startPart({ name, command: [file], environment, onLine: (line) => log.push(line) })
    parts.push(part)
    return part
  }
  const keys = {
    STANDIN_ENCRYPTION_KEYS: newKey('bench'),
    STANDIN_LINK_KEYS: newKey('bench'),
    STANDIN_AUDIT_KEYS: newKey('bench'),
  }
  const settings = (port: number) => ({
    ...keys,
    PORT: String(port),
    METRICS_PORT: '0',
    DATABASE_URL: database.url,
    STANDIN_DATA_DIR: join(folder, `server-${port}`),
    CALLBACK_PATH_SECRET: 'none',
    TRACKUNIT_JWKS_URL: `${simulator}/api/marketplace/jwks`,
    TRACKUNIT_TOKEN_URL: `${simulator}/apptoken`,
    TRACKUNIT_API_URL: simulator,
    SERVICE_KEY_REQUESTS_PER_S: '1000000',
    TRACKUNIT_MAX_REQUESTS_PER_S: '10000',
    LOG_LEVEL: 'warn',
    ...(workerPlace === 'apart' && { STANDIN_PARTS: 'callbacks,api' }),
  })
  const startServer = async (port: number, environment: Record<string, string> = {}) => {
    const part = start(`server ${port}`, 'apps/server/src/main.ts', { ...settings(port), ...environment })
    await until('the server', () => answers(`http://127.0.0.1:${port}/health/ready`), { timeoutMs: 60_000 })
    return part
  }
  const dispose = async () => {
    for (const part of parts.toReversed()) await part.stop()
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const control: BenchStack['control'] = async (path, body, method = 'POST') => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${simulator}/control/${path}`, { method, headers, body: JSON.stringify(body) })
    return answer.json() as never
  }

  try {
    const manifest = join(folder, 'manifest.json')
    const environment = { STANDIN_SERVER_URL: first, CALLBACK_PATH_SECRET: 'none' }
    await writeFile(manifest, await runPart(['apps/iris-app/manifest.ts'], { environment }))
    start('simulator', 'packages/trackunit-simulator/src/main.ts', {
      SIMULATOR_PORT: String(simulatorPort),
      SIMULATOR_MANIFEST: manifest,
      SIMULATOR_FLEET_SIZE: String(fleetSize),
      SIMULATOR_CALLBACK_URL: `${first}/trackunit/callback`,
    })
    const reference = start('reference', 'bench/reference-server.ts', {
      PORT: String(referencePort),
      JWKS_URL: `${simulator}/api/marketplace/jwks`,
      DATABASE_URL: database.url,
    })
    const servers: Array<{ url: string; part: Part }> = []
    for (const port of serverPorts) {
      servers.push({ url: `http://127.0.0.1:${port}`, part: await startServer(port) })
    }
    const startWorker = async () => startServer(await freePort(), { STANDIN_PARTS: 'worker' })
    const worker = workerPlace === 'apart' ? await startWorker() : undefined
    await until('the simulator', () => answers(`${simulator}/api/marketplace/jwks`))
    await until('the reference', () => answers(`http://127.0.0.1:${referencePort}/trpc/ping`))

    const operator = (...command: string[]) =>
      runPart(['packages/standin/bin/standin.ts', ...command], { environment: settings(serverPorts[0] ?? 0) })
    await control('install', { accountId })
    await until(
      'the proof',
      async () => JSON.parse(await operator('installations', 'show', accountId, '--json')).state === 'active',
    )
    const grant = ['--account', 'all', '--scopes', 'asset.view']
    return {
      servers,
      simulator,
      serviceKey: await operator('keys', 'create', '--service', 'bench', ...grant),
      reference: { url: `http://127.0.0.1:${referencePort}`, pid: reference.pid },
      databaseUrl: database.url,
      control,
      worker,
      startWorker,
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw new Error(log.slice(-20).join('\n'), { cause: error })
  }
}
