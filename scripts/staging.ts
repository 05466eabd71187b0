import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { serveBuiltApp } from '../e2e/built-app.ts'
import { startEmbeddedPostgres } from '../packages/standin/src/database/embedded-postgres/index.ts'
import { answers, freePort, type Part, root, runPart, startPart, until } from './part.ts'
import { makeCertificate } from './staging/certificate.ts'
import { startMailCatcher } from './staging/mail-catcher.ts'
import { startTlsFront } from './staging/tls-front.ts'

// A rehearsal of production on this machine: the settings of a server on the internet, TLS in front of it and of a simulated
// Trackunit, keys of its own, and mail that becomes files.
//   npm run staging                       starts it, until Ctrl+C
//   npm run --silent staging -- doctor    runs an operator's command with its settings

const folder = resolve(root, process.env.STAGING_DIR ?? '.standin/staging')
const settingsFile = join(folder, 'settings.env')
const command = process.argv.slice(2)
const say = (line: string) => process.stderr.write(`${line}\n`)

if (command.length > 0) await runCommand()
else await rehearse()

async function runCommand(): Promise<void> {
  if (!existsSync(settingsFile)) return fail(new Error('Start it first, in another terminal: npm run staging'))
  const env = { ...process.env, ...parseEnv(readFileSync(settingsFile, 'utf8')) }
  const argv = [...process.execArgv, 'packages/standin/bin/standin.ts', ...command]
  const [code] = await once(spawn(process.execPath, argv, { cwd: root, env, stdio: 'inherit' }), 'exit')
  process.exitCode = code ?? 1
}

async function rehearse(): Promise<void> {
  const closers: Array<() => Promise<unknown>> = []
  let isStopping = false
  async function stop(): Promise<void> {
    if (isStopping) return
    isStopping = true
    for (const close of closers.toReversed()) await close()
    process.exit(process.exitCode ?? 0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  const run = (name: string, file: string, environment: Record<string, string | undefined>): void => {
    const part: Part = startPart({ name, command: [file], environment, onLine: (line) => say(`${name}: ${line}`) })
    closers.push(part.stop)
    void part.ended.then((code) => {
      if (isStopping) return
      say(`The ${name} ended (exit ${code}); its last lines above say why. Everything is stopped.`)
      process.exitCode = 1
      void stop()
    })
  }

  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const certificate = await makeCertificate(folder)
    const ports = {
      public: Number(process.env.STAGING_PORT ?? 4443),
      trackunit: Number(process.env.STAGING_TRACKUNIT_PORT ?? 4444),
      app: Number(process.env.STAGING_APP_PORT ?? 4445),
      server: await freePort(),
      simulator: await freePort(),
      mail: await freePort(),
      metrics: await freePort(),
      builtApp: await freePort(),
    }
    const addresses = {
      public: `https://${certificate.host}:${ports.public}`,
      trackunit: `https://${certificate.host}:${ports.trackunit}`,
      app: `https://${certificate.host}:${ports.app}`,
      manager: `http://127.0.0.1:${ports.simulator}`, // As the simulator calls itself.
    }
    const database = await startEmbeddedPostgres({ dataDir: folder, log: (line) => say(`database: ${line}`) })
    closers.push(database.stop)
    const settings = productionSettings({ ports, addresses, caFile: certificate.caFile, databaseUrl: database.url })
    writeFileSync(
      settingsFile,
      Object.entries(settings)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join(''),
      { mode: 0o600 },
    )

    closers.push(await startMailCatcher(join(folder, 'mail'), { port: ports.mail }))
    closers.push(await startTlsFront(certificate, { port: ports.public, to: ports.server }))
    closers.push(await startTlsFront(certificate, { port: ports.trackunit, to: ports.simulator }))
    const app = await serveBuiltApp({ port: ports.builtApp, server: addresses.public, manager: addresses.manager })
    closers.push(async () => app[Symbol.asyncDispose]())
    closers.push(await startTlsFront(certificate, { port: ports.app, to: ports.builtApp }))
    const manifest = join(folder, 'manifest.json')
    const ofManifest = { STANDIN_SERVER_URL: addresses.public, CALLBACK_PATH_SECRET: settings.CALLBACK_PATH_SECRET }
    writeFileSync(manifest, await runPart(['apps/iris-app/manifest.ts'], { environment: ofManifest }))
    run('simulator', 'packages/trackunit-simulator/src/main.ts', {
      NODE_ENV: undefined,
      NODE_EXTRA_CA_CERTS: certificate.caFile,
      SIMULATOR_PORT: String(ports.simulator),
      SIMULATOR_MANIFEST: manifest,
      SIMULATOR_DATA_DIR: join(folder, 'simulator'),
      SIMULATOR_APP_URL: `${addresses.app}/`,
      SIMULATOR_CALLBACK_URL: `${addresses.public}/trackunit/callback/${settings.CALLBACK_PATH_SECRET}`,
    })
    run('server', 'apps/server/src/main.ts', settings)
    await until('the simulator', () => answers(`http://127.0.0.1:${ports.simulator}/control/accounts`))
    await until('the server', () => answers(`http://127.0.0.1:${ports.server}/health/ready`), { timeoutMs: 60_000 })
    process.stdout.write(
      `The server answers at ${addresses.public}, Trackunit's Manager at ${addresses.manager}/, metrics at ` +
        `http://127.0.0.1:${ports.metrics}/metrics. Open ${addresses.app}/ once, so that the browser trusts the certificate. Mail is in ${join(folder, 'mail')}, the settings are in ${settingsFile}.\n`,
    )
  } catch (error) {
    fail(error)
    await stop()
  }
}

interface Places {
  ports: Record<'server' | 'simulator' | 'mail' | 'metrics', number>
  addresses: Record<'public' | 'trackunit' | 'app' | 'manager', string>
  caFile: string
  databaseUrl: string
}

/** What an operator sets for a server on the internet, and Trackunit's addresses. Keys stay from one start to the next. */
function productionSettings({ ports, addresses, caFile, databaseUrl }: Places): Record<string, string> {
  const before = existsSync(settingsFile) ? parseEnv(readFileSync(settingsFile, 'utf8')) : {}
  const random = () => randomBytes(32).toString('base64url')
  const kept = (name: string, make: () => string) => ({ [name]: before[name] ?? make() })
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(ports.server),
    DRAIN_DELAY_S: '0',
    PUBLIC_URL: addresses.public,
    TRUST_PROXY: 'loopback',
    NODE_EXTRA_CA_CERTS: caFile,
    DATABASE_URL: databaseUrl,
    STANDIN_DATA_DIR: folder,
    METRICS_PORT: String(ports.metrics),
    ...kept('STANDIN_ENCRYPTION_KEYS', () => `staging:${random()}`),
    ...kept('STANDIN_LINK_KEYS', () => `staging:${random()}`),
    ...kept('STANDIN_AUDIT_KEYS', () => `staging:${random()}`),
    ...kept('CALLBACK_PATH_SECRET', random),
    TRACKUNIT_JWKS_URL: `${addresses.trackunit}/api/marketplace/jwks`,
    TRACKUNIT_TOKEN_URL: `${addresses.trackunit}/apptoken`,
    TRACKUNIT_API_URL: addresses.trackunit,
    APP_ORIGINS: `${addresses.app},null`,
    MANAGER_URL: addresses.manager,
    USER_TOKEN_ISSUER: `${addresses.manager}/user-tokens`,
    USER_TOKEN_JWKS_URL: `${addresses.trackunit}/user-tokens/jwks`,
    USER_TOKEN_APP_CLAIM: 'irisAppId',
    USER_TOKEN_ACCOUNT_CLAIM: 'accountId',
    USER_TOKEN_SCOPE_CLAIM: 'scp',
    USER_TOKEN_ADMIN_SCOPES: 'account.manage',
    SMTP_URL: `smtp://127.0.0.1:${ports.mail}`,
    MAIL_FROM: 'standin@staging.example',
  }
}

function fail(error: unknown): void {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
