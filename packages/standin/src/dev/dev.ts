import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Environment } from '../config/environment-schema.ts'
import { startEmbeddedPostgres } from '../database/embedded-postgres/index.ts'
import { claimPorts } from './claim-ports.ts'
import { findProgram } from './find-program.ts'
import { followClock, withMovedDate } from './follow-clock.ts'
import { leftovers, readLeftovers, rememberParts } from './leftovers.ts'
import { answers, type Part, type PartOptions, runPart, startPart, until } from './part.ts'
import { serverSettings } from './server-settings.ts'
import { watchSources } from './watch-sources.ts'

export interface DevOptions {
  /** The project's folder. */
  root: string
  /** The server's main file. */
  server: string
  /** The app's folder: where Vite runs, and where `manifest.ts` is. */
  app: string
  /** What runs this, as the command names it: a second start looks for it. */
  program: string
  environment: Environment
  /** Whether an account has the app, by the server's database. */
  isInstalled: (environment: Environment) => Promise<boolean>
  print: (line: string) => void
  say: (line: string) => void
}

type PartToRun = Omit<PartOptions, 'cwd' | 'onLine'> & { cwd?: string }

/** The reference account of Trackunit's documentation; the simulator knows it. */
const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'

/**
 * Runs everything on this machine: a PostgreSQL, a simulated Trackunit, the server and the app, with one account that installed
 * the app. The server starts again when one of its files changes; runs go on where they were. Resolves when it is stopped, by
 * SIGINT or SIGTERM.
 * @returns the exit code
 */
export async function runDev(options: DevOptions): Promise<number> {
  const { root, program, environment: outer, print, say } = options
  const dataDir = resolve(root, outer.STANDIN_DATA_DIR ?? '.standin')
  const ports = {
    manager: Number(outer.SIMULATOR_PORT ?? 4100),
    server: Number(outer.PORT ?? 4000),
    app: Number(outer.IRIS_APP_PORT ?? 4200),
  }
  const addresses = {
    manager: `http://127.0.0.1:${ports.manager}`,
    server: `http://127.0.0.1:${ports.server}`,
    app: `http://localhost:${ports.app}`,
  }
  const settings = { ...outer, ...serverSettings({ dataDir, ports, addresses, given: outer }) }
  const clockUrl = `${addresses.manager}/control/clock`
  /** What Node loads before the server. */
  let beforeServer: ReturnType<typeof withMovedDate> | undefined
  const serverPart = () => ({
    name: 'server',
    command: beforeServer ? ([...beforeServer, options.server] as const) : ([options.server] as const),
    environment: settings,
  })
  const manifest = join(dataDir, 'manifest.json')
  const isServerReady = () => answers(`${addresses.server}/health/ready`)
  const { promise: ended, resolve: end } = Promise.withResolvers<number>()
  const closeLast: Array<() => unknown> = []
  let parts: readonly Part[] = []
  const started = new Map<string, PartToRun>()
  /** Parts whose end is meant. */
  const expected = new Set<Part>()
  let isRestarting = false
  let changedFile: string | undefined
  let isStopping = false
  let isReady = false

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(0))
  start().catch((error: unknown) => {
    if (!isStopping) say(error instanceof Error ? error.message : String(error))
    end(1)
  })
  const exitCode = await ended
  isStopping = true
  for (const part of parts.toReversed()) await part.stop()
  for (const close of closeLast.toReversed()) await close()
  if (parts.length > 0) rememberParts(dataDir, program, []) // Else the file is another start's.
  return exitCode

  async function start(): Promise<void> {
    prepareFolder(dataDir)
    await endLeftovers()
    await claimPorts(
      [
        { port: ports.manager, host: '127.0.0.1', setting: 'SIMULATOR_PORT' },
        { port: ports.server, host: '127.0.0.1', setting: 'PORT' },
        { port: ports.app, host: 'localhost', setting: 'IRIS_APP_PORT' },
      ],
      outer,
    )
    // Found before anything starts, so that a missing package is the first thing that is said.
    const simulator = findProgram('@standin/trackunit-simulator', 'standin-simulator', root)
    const vite = findProgram('vite', 'vite', root)

    // Held by this process, so that it outlives the server's restarts.
    const { DATABASE_URL, DATABASE_URL_FILE } = outer
    // A database that was given to us keeps its own time.
    if (DATABASE_URL === undefined && DATABASE_URL_FILE === undefined) {
      const postgres = await startEmbeddedPostgres({ dataDir, log: (line) => say(`database: ${line}`) })
      closeLast.push(() => postgres.stop())
      closeLast.push(await followClock({ clockUrl, databaseUrl: postgres.url, say }))
      beforeServer = withMovedDate(clockUrl)
    }
    await writeManifest(manifest)

    run({
      name: 'simulator',
      command: [simulator],
      environment: {
        SIMULATOR_PORT: String(ports.manager),
        SIMULATOR_MANIFEST: manifest,
        SIMULATOR_CALLBACK_URL: `${addresses.server}/trackunit/callback`,
        SIMULATOR_APP_URL: `${addresses.app}/`,
        SIMULATOR_DATA_DIR: join(dataDir, 'simulator'),
      },
    })
    run(serverPart())
    run({
      name: 'app',
      command: [vite, '--port', String(ports.app), '--logLevel', 'warn', '--clearScreen', 'false'],
      cwd: options.app,
      environment: { STANDIN_SERVER_URL: addresses.server, MANAGER_ORIGINS: addresses.manager },
    })
    rememberParts(dataDir, program, parts)

    await Promise.all([
      until('the simulator', () => answers(`${addresses.manager}/control/accounts`)),
      until('the server', isServerReady, { timeoutMs: 60_000 }),
      until('the app', () => answers(addresses.app)),
    ])
    await Promise.all([installOneAccount(settings), takeTime()])
    isReady = true
    closeLast.push(watchSources(dirname(options.server), (file) => void restart(file)))
    print(`Open ${addresses.manager}/`)
  }

  /** Starts a part. If one ends unexpectedly, all end; a server with a mistake in it waits for the next change. */
  function run(options: PartToRun): Part {
    const { environment, ...given } = options
    const part = startPart({
      cwd: root,
      onLine: (line) => say(`${given.name}: ${line}`),
      ...given,
      // No balancer must notice the end of a part.
      environment: { DRAIN_DELAY_S: '0', ...outer, ...environment },
    })
    parts = [...parts.filter(({ name }) => name !== part.name), part]
    started.set(part.name, options)
    void part.ended.then((code) => {
      if (isStopping || expected.has(part)) return
      if (isReady && part.name === 'server')
        return say(
          `The server ended (exit ${code}); its last lines above say why. It starts again when a file changes.`,
        )
      say(`The ${part.name} ended (exit ${code}); its last lines above say why. Everything is stopped.`)
      end(1)
    })
    return part
  }

  /** One restart at a time; what changes meanwhile causes another one. */
  async function restart(file: string): Promise<void> {
    changedFile = file
    if (isRestarting) return
    isRestarting = true
    while (changedFile !== undefined && !isStopping) {
      const because: string = changedFile
      changedFile = undefined
      if (because.endsWith('standin.config.ts')) await startAgain('simulator', () => writeManifest(manifest))
      const server = await startAgain('server')
      const isSettled = async () => changedFile !== undefined || isStopping || (await isServerReady())
      await Promise.race([server?.ended, until('the server', isSettled).catch(() => {})])
      if (await isServerReady().catch(() => false))
        say(`${because} changed: the server runs again, and runs continue where they were.`)
    }
    isRestarting = false
  }

  async function startAgain(name: string, prepare = async () => {}): Promise<Part | undefined> {
    const old = parts.find((part) => part.name === name)
    const options = started.get(name)
    if (!old || !options) return undefined
    expected.add(old)
    await old.stop()
    await prepare()
    if (isStopping) return undefined
    const part = run(options)
    rememberParts(dataDir, program, parts)
    return part
  }

  async function endLeftovers(): Promise<void> {
    const found = await leftovers(readLeftovers(dataDir))
    if (found.isAlive)
      throw new Error(`Standin runs already: open ${addresses.manager}/, or end that one first (process ${found.pid}).`)
    if (found.ended.length > 0) say(`Ended what an earlier start left running: ${found.ended.join(', ')}.`)
  }

  async function writeManifest(file: string): Promise<void> {
    const environment = { ...outer, STANDIN_SERVER_URL: addresses.server, CALLBACK_PATH_SECRET: 'none' }
    writeFileSync(file, await runPart({ command: [join(options.app, 'manifest.ts')], cwd: root, environment }))
  }

  /** Installs the app if no account has it, as a user would in Trackunit's marketplace. */
  async function installOneAccount(environment: Environment): Promise<void> {
    if (await options.isInstalled(environment)) return
    const response = await control('POST', 'install', { accountId })
    const { delivered } = (await response.json()) as { delivered?: { status: number | null } }
    if (delivered?.status !== 200)
      say(`The install callback was answered with ${delivered?.status ?? 'nothing'}: see the lines above.`)
  }

  /** Makes answers as slow as Trackunit's own, so that there is something to watch. */
  function takeTime(): Promise<Response> {
    return control('PUT', 'settings', { apiLatencyMs: 400 })
  }

  function control(method: string, path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(`${addresses.manager}/control/${path}`, { method, headers, body: JSON.stringify(body) })
  }
}

function prepareFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(join(dataDir, '.writable'), '')
  } catch {
    throw new Error(`The folder ${dataDir} cannot be written. Make it writable, or name another with STANDIN_DATA_DIR.`)
  }
}
