import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startEmbeddedPostgres } from '../database/embedded-postgres/index.ts'
import { claimPorts } from './claim-ports.ts'
import { findProgram } from './find-program.ts'
import { followClock, withMovedDate } from './follow-clock.ts'
import { leftovers, readLeftovers } from './leftovers.ts'
import { answers, runPart, until } from './part.ts'
import { type DevOptions, type DevPlan, planDev } from './plan-dev.ts'
import { createRestarts } from './restarts.ts'
import { createRunningParts, type RunningParts } from './running-parts.ts'
import { watchSources } from './watch-sources.ts'

/** The reference account of Trackunit's documentation; the simulator knows it. */
const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

/**
 * Runs everything on this machine: PostgreSQL, a simulated Trackunit, the server and the app, with one account that installed the
 * app. The server restarts when one of its files changes, and runs continue. Resolves when it is stopped by SIGINT or SIGTERM.
 * @returns the exit code
 */
export async function runDev(options: DevOptions): Promise<number> {
  const plan = planDev(options)
  const { promise: ended, resolve: end } = Promise.withResolvers<number>()
  const parts = createRunningParts(plan.dataDir, options, end)
  const closeLast: Array<() => unknown> = []
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(0))
  startAll(plan, options, { parts, closeLast }).catch((error: unknown) => {
    if (!parts.isStopping()) options.say(error instanceof Error ? error.message : String(error))
    end(1)
  })
  const exitCode = await ended
  await parts.stop()
  for (const close of closeLast.toReversed()) await close()
  parts.forget()
  return exitCode
}

/** @param closeLast gets functions to call after the parts have ended */
async function startAll(
  plan: DevPlan,
  options: DevOptions,
  { parts, closeLast }: { parts: RunningParts; closeLast: Array<() => unknown> },
): Promise<void> {
  const { root, server, app, environment, print } = options
  const { ports, addresses } = plan
  prepareFolder(plan.dataDir)
  await endLeftovers(plan, options)
  await claimPorts(
    [
      { port: ports.manager, host: '127.0.0.1', setting: 'SIMULATOR_PORT' },
      { port: ports.server, host: '127.0.0.1', setting: 'PORT' },
      { port: ports.app, host: 'localhost', setting: 'IRIS_APP_PORT' },
    ],
    environment,
  )
  // Before anything starts, so that a mistake or a missing package is reported first.
  await options.checkSources()
  const simulator = findProgram('@standin/trackunit-simulator', 'standin-simulator', root)
  const vite = findProgram('vite', 'vite', root)
  const beforeServer = await startDatabase(plan, options, closeLast)
  await writeManifest(plan, options)

  parts.run({
    name: 'simulator',
    command: [simulator],
    environment: {
      SIMULATOR_PORT: String(ports.manager),
      SIMULATOR_MANIFEST: plan.manifest,
      SIMULATOR_CALLBACK_URL: `${addresses.server}/trackunit/callback`,
      SIMULATOR_APP_URL: `${addresses.app}/`,
      SIMULATOR_DATA_DIR: join(plan.dataDir, 'simulator'),
    },
  })
  const command = beforeServer ? ([...beforeServer, server] as const) : ([server] as const)
  parts.run({ name: 'server', command, environment: plan.settings })
  parts.run({
    name: 'app',
    command: [vite, '--port', String(ports.app), '--logLevel', 'warn', '--clearScreen', 'false'],
    cwd: app,
    environment: { STANDIN_SERVER_URL: addresses.server, MANAGER_ORIGINS: addresses.manager },
  })
  parts.remember()

  await Promise.all([
    until('the simulator', () => answers(`${addresses.manager}/control/accounts`)),
    until('the server', () => isServerReady(plan), { timeoutMs: 60_000 }),
    until('the app', () => answers(addresses.app)),
  ])
  await Promise.all([installOneAccount(plan, options), takeTime(plan)])
  parts.ready()
  const changed = createRestarts({
    say: options.say,
    isStopping: parts.isStopping,
    isServerReady: () => isServerReady(plan),
    startAgain: parts.startAgain,
    readConfig: () => writeManifest(plan, options),
    checkSources: options.checkSources,
  })
  closeLast.push(watchSources(dirname(server), changed))
  print(`Open ${addresses.manager}/`)
}

function prepareFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(join(dataDir, '.writable'), '')
  } catch {
    throw new Error(`The folder ${dataDir} cannot be written. Make it writable, or name another with STANDIN_DATA_DIR.`)
  }
}

async function endLeftovers({ dataDir, addresses }: DevPlan, { say }: DevOptions): Promise<void> {
  const found = await leftovers(readLeftovers(dataDir))
  if (found.isAlive)
    throw new Error(
      `Standin is already running: open ${addresses.manager}/, or end that one first (process ${found.pid}).`,
    )
  if (found.ended.length > 0) say(`Ended what an earlier start left running: ${found.ended.join(', ')}.`)
}

/**
 * Starts the embedded database in this process, so that it outlives the server's restarts. A configured database keeps its own
 * time.
 * @returns arguments that make Node follow the simulated time before it loads the server
 */
async function startDatabase(
  { dataDir, clockUrl }: DevPlan,
  { environment, say }: DevOptions,
  closeLast: Array<() => unknown>,
): Promise<ReturnType<typeof withMovedDate> | undefined> {
  const { DATABASE_URL, DATABASE_URL_FILE } = environment
  if (DATABASE_URL !== undefined || DATABASE_URL_FILE !== undefined) return undefined
  const postgres = await startEmbeddedPostgres({ dataDir, log: (line) => say(`database: ${line}`) })
  closeLast.push(() => postgres.stop())
  closeLast.push(await followClock({ clockUrl, databaseUrl: postgres.url, say }))
  return withMovedDate(clockUrl)
}

async function writeManifest(
  { addresses, manifest }: DevPlan,
  { root, app, environment: outer }: DevOptions,
): Promise<void> {
  const environment = { ...outer, STANDIN_SERVER_URL: addresses.server, CALLBACK_PATH_SECRET: 'none' }
  writeFileSync(manifest, await runPart({ command: [join(app, 'manifest.ts')], cwd: root, environment }))
}

const isServerReady = ({ addresses }: DevPlan) => answers(`${addresses.server}/health/ready`)

/** Installs the app if no account has it, as a user would in Trackunit's marketplace. */
async function installOneAccount(plan: DevPlan, { isInstalled, say }: DevOptions): Promise<void> {
  if (await isInstalled(plan.settings)) return
  const response = await control(plan, 'POST', 'install', { accountId })
  const { delivered } = (await response.json()) as { delivered?: { status: number | null } }
  if (delivered?.status !== 200)
    say(`The install callback was answered with ${delivered?.status ?? 'nothing'}; see the lines above.`)
}

/** Makes the simulated APIs as slow as Trackunit's, so that there is something to watch. */
const takeTime = (plan: DevPlan) => control(plan, 'PUT', 'settings', { apiLatencyMs: 400 })

function control({ addresses }: DevPlan, method: string, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${addresses.manager}/control/${path}`, { method, headers, body: JSON.stringify(body) })
}
