// The whole of Standin on this machine: simulator, server and app, with one account that installed the app.
// Prints one line on standard output, the address to open; everything else goes to standard error.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { leftovers, readLeftovers, rememberParts } from './leftovers.ts'
import { answers, isFree, type Part, type PartOptions, root, runPart, startPart, until } from './part.ts'

const dataDir = resolve(root, process.env.STANDIN_DATA_DIR ?? '.standin')
const ports = {
  manager: Number(process.env.SIMULATOR_PORT ?? 4100),
  server: Number(process.env.PORT ?? 4000),
  app: Number(process.env.IRIS_APP_PORT ?? 4200),
}
const manager = `http://127.0.0.1:${ports.manager}`
const server = `http://127.0.0.1:${ports.server}`
const app = `http://localhost:${ports.app}`
/** The reference account of Trackunit's documentation; the simulator knows it. */
const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

const say = (line: string) => void process.stderr.write(`${line}\n`)
const parts: Part[] = []
let isStopping = false

async function start(): Promise<void> {
  prepareFolder()
  await endLeftovers()
  await claimPorts()

  const manifest = join(dataDir, 'manifest.json')
  writeFileSync(
    manifest,
    await runPart(['apps/iris-app/manifest.ts'], {
      environment: { STANDIN_SERVER_URL: server, CALLBACK_PATH_SECRET: 'none' },
    }),
  )

  run({
    name: 'simulator',
    command: ['packages/trackunit-simulator/src/main.ts'],
    environment: {
      SIMULATOR_PORT: String(ports.manager),
      SIMULATOR_MANIFEST: manifest,
      SIMULATOR_CALLBACK_URL: `${server}/trackunit/callback`,
      SIMULATOR_APP_URL: `${app}/`,
      SIMULATOR_DATA_DIR: join(dataDir, 'simulator'),
    },
  })
  run({ name: 'server', command: ['apps/server/src/main.ts'], environment: serverEnvironment() })
  run({
    name: 'app',
    command: [
      '../../node_modules/vite/bin/vite.js',
      '--port',
      String(ports.app),
      '--logLevel',
      'warn',
      '--clearScreen',
      'false',
    ],
    cwd: join(root, 'apps/iris-app'),
    environment: { STANDIN_SERVER_URL: server, MANAGER_ORIGINS: manager },
  })
  rememberParts(dataDir, parts)

  await Promise.all([
    until('the simulator', () => answers(`${manager}/control/accounts`)),
    until('the server', () => answers(`${server}/health/ready`), { timeoutMs: 60_000 }),
    until('the app', () => answers(app)),
  ])
  await Promise.all([installOneAccount(), takeTime()])
  process.stdout.write(`Open ${manager}/\n`)
}

function serverEnvironment(): Record<string, string> {
  return {
    PORT: String(ports.server),
    STANDIN_DATA_DIR: dataDir,
    APP_ORIGINS: `${app},null`, // The Manager can take the frame's origin away.
    CALLBACK_PATH_SECRET: 'none',
    // Short, so that the result of access that never works can be seen.
    NEW_CREDENTIALS_PATIENCE_S: process.env.NEW_CREDENTIALS_PATIENCE_S ?? '60',
    TRACKUNIT_JWKS_URL: `${manager}/api/marketplace/jwks`,
    TRACKUNIT_TOKEN_URL: `${manager}/apptoken`,
    TRACKUNIT_API_URL: manager,
    MANAGER_URL: manager,
    USER_TOKEN_ISSUER: `${manager}/user-tokens`,
    USER_TOKEN_JWKS_URL: `${manager}/user-tokens/jwks`,
    USER_TOKEN_APP_CLAIM: 'irisAppId',
    USER_TOKEN_ACCOUNT_CLAIM: 'accountId',
    USER_TOKEN_SCOPE_CLAIM: 'scp',
    USER_TOKEN_ADMIN_SCOPES: 'account.manage', // The simulator gives it to its administrator only.
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  }
}

/** Starts a part; if one ends unexpectedly, all end. */
function run(options: Omit<PartOptions, 'onLine'>): void {
  const part = startPart({ ...options, onLine: (line) => say(`${options.name}: ${line}`) })
  parts.push(part)
  void part.ended.then((code) => {
    if (isStopping) return
    say(`The ${part.name} ended (exit ${code}); its last lines above say why. Everything is stopped.`)
    void stop(1)
  })
}

async function stop(exitCode: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  for (const part of parts.toReversed()) await part.stop()
  if (parts.length > 0) rememberParts(dataDir, []) // Else the file is another start's.
  process.exit(exitCode)
}

function prepareFolder(): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(join(dataDir, '.writable'), '')
  } catch {
    throw new Error(`The folder ${dataDir} cannot be written. Make it writable, or name another with STANDIN_DATA_DIR.`)
  }
}

/** Ends what a killed start left running; a start that is still running is not disturbed. */
async function endLeftovers(): Promise<void> {
  const found = await leftovers(readLeftovers(dataDir))
  if (found.isAlive)
    throw new Error(`Standin runs already: open ${manager}/, or end that one first (process ${found.pid}).`)
  if (found.ended.length > 0) say(`Ended what an earlier start left running: ${found.ended.join(', ')}.`)
}

async function claimPorts(): Promise<void> {
  const wanted = [
    { port: ports.manager, host: '127.0.0.1', setting: 'SIMULATOR_PORT' },
    { port: ports.server, host: '127.0.0.1', setting: 'PORT' },
    { port: ports.app, host: 'localhost', setting: 'IRIS_APP_PORT' },
  ]
  for (const { port, host, setting } of wanted) {
    if (!(await isFree(port, host)))
      throw new Error(
        `Port ${port} is taken by another program. End it, or choose another port: ${setting}=${port + 10} npm start`,
      )
  }
}

/** Installs the app if no account has it, as a user would in Trackunit's marketplace. */
async function installOneAccount(): Promise<void> {
  const listed = await runPart(['packages/standin/bin/standin.ts', 'installations', 'list', '--json'], {
    environment: serverEnvironment(),
  })
  const installations: Array<{ state: string }> = JSON.parse(listed)
  if (installations.some(({ state }) => state === 'active')) return

  const response = await fetch(`${manager}/control/install`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accountId }),
  })
  const { delivered } = (await response.json()) as { delivered?: { status: number | null } }
  if (delivered?.status !== 200)
    say(`The install callback was answered with ${delivered?.status ?? 'nothing'}: see the lines above.`)
}

/** Makes answers as slow as Trackunit's own, so that there is something to watch. */
async function takeTime(): Promise<void> {
  await fetch(`${manager}/control/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiLatencyMs: 400 }),
  })
}

process.on('SIGINT', () => void stop(0)).on('SIGTERM', () => void stop(0))
try {
  await start()
} catch (error) {
  if (!isStopping) {
    say(error instanceof Error ? error.message : String(error))
    await stop(1)
  }
}
