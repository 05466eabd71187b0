// The main job from end to end, without a browser: from the documented callback to a token and a file. Each step prints its
// result and duration; the exit code is 0 only if all of them succeeded.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStandinClient, type RunEvent, textOf } from '@standin/client'
import { lookForSecret } from './demo/secrets-in-database.ts'
import { answers, freePort, type Part, type PartOptions, root, runPart, startPart, until } from './part.ts'

const callbackFile = join(root, 'scripts/demo/callback-installed.json')
const callback: { irisAppId: string; accountId: string; clientId: string; clientSecret: string } = JSON.parse(
  readFileSync(callbackFile, 'utf8'),
)
const fleetSize = 250

const folder = mkdtempSync(join(tmpdir(), 'standin-demo-'))
const results = join(root, '.standin/demo')
const parts: Part[] = []
const lines: string[] = []
const [simulatorPort, serverPort] = [await freePort(), await freePort()]
const simulator = `http://127.0.0.1:${simulatorPort}`
const server = `http://127.0.0.1:${serverPort}`

const serverEnvironment = {
  PORT: String(serverPort),
  STANDIN_DATA_DIR: folder,
  IRIS_APP_ID: callback.irisAppId,
  CALLBACK_PATH_SECRET: 'none',
  TRACKUNIT_JWKS_URL: `${simulator}/api/marketplace/jwks`,
  TRACKUNIT_TOKEN_URL: `${simulator}/apptoken`,
  TRACKUNIT_API_URL: simulator,
  LOG_LEVEL: 'info',
}

/** Runs a step and prints its result, which the step returns in words. */
async function step<Result>(title: string, work: () => Promise<[said: string, result: Result]>): Promise<Result> {
  const beganAtMs = performance.now()
  try {
    const [said, result] = await work()
    print('✔', title, said, beganAtMs)
    return result
  } catch (error) {
    print('✘', title, error instanceof Error ? error.message : String(error), beganAtMs)
    throw new Failed()
  }
}

function print(mark: string, title: string, said: string, beganAtMs: number): void {
  const took = `${Math.round(performance.now() - beganAtMs)} ms`
  process.stdout.write(`${mark} ${title.padEnd(28)} ${took.padStart(8)}   ${said}\n`)
}

class Failed extends Error {}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}

function run(options: PartOptions): void {
  parts.push(startPart({ ...options, onLine: (line) => lines.push(`${options.name}: ${line}`) }))
}

const control = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return (await fetch(`${simulator}/control/${path}`, init)).json() as Promise<Answer>
}

async function demo(): Promise<void> {
  await step('Start', async () => {
    const manifest = join(folder, 'manifest.json')
    writeFileSync(
      manifest,
      await runPart(['apps/iris-app/manifest.ts'], {
        environment: { STANDIN_SERVER_URL: server, CALLBACK_PATH_SECRET: 'none' },
      }),
    )
    const environment = {
      SIMULATOR_PORT: String(simulatorPort),
      SIMULATOR_MANIFEST: manifest,
      SIMULATOR_CALLBACK_URL: `${server}/trackunit/callback`,
      SIMULATOR_FLEET_SIZE: String(fleetSize),
    }
    run({ name: 'simulator', command: ['packages/trackunit-simulator/src/main.ts'], environment })
    run({ name: 'server', command: ['scripts/demo/server.ts'], environment: serverEnvironment })
    await Promise.all([
      until('the simulator', () => answers(`${simulator}/control/accounts`)),
      until('the server', () => answers(`${server}/health/ready`), { timeoutMs: 60_000 }),
    ])
    return ['a simulated Trackunit, a server, a PostgreSQL of its own: three programs', undefined]
  })

  await step('Callback', async () => {
    const { delivered } = await control<{ delivered: { status: number; body: { status?: string } } }>('install', {
      accountId: callback.accountId,
      irisAppId: callback.irisAppId,
      clientId: callback.clientId,
      clientSecret: callback.clientSecret,
    })
    must(
      delivered.status === 200 && delivered.body.status === 'accepted',
      `answered ${delivered.status} ${JSON.stringify(delivered.body)}`,
    )
    const { counts } = await control<{ counts: Record<string, number> }>('requests')
    must(
      (counts['GET /api/marketplace/jwks'] ?? 0) > 0,
      'the signature was taken on trust: the keys were never fetched',
    )
    return [
      `signed by the simulator, verified with its published keys, answered 200 ${delivered.body.status}`,
      undefined,
    ]
  })

  await step('Stored encrypted', async () => {
    const { header, foundIn } = await lookForSecret(folder, callback.clientSecret)
    must(foundIn.length === 0, `the secret stands in ${foundIn.join(', ')}`)
    must(
      header.alg === 'dir' && header.enc === 'A256GCM' && header.account === callback.accountId,
      'the secret is not sealed to its account',
    )
    const logged = lines.filter((line) => line.includes(callback.clientSecret))
    must(logged.length === 0, 'the secret stands in the log')
    return [
      `${header.enc}, key ${header.kid}, bound to account, app, column and generation; in no table and no log as it is`,
      undefined,
    ]
  })

  const key = await step('Service key', async () => {
    const command = [
      'keys',
      'create',
      '--service',
      'demo',
      '--account',
      callback.accountId,
      '--scopes',
      'asset.view account.view',
    ]
    const created = await runPart(['packages/standin/bin/standin.ts', ...command], { environment: serverEnvironment })
    must(created.startsWith('sk_standin_'), 'no key came')
    return [`${created.slice(0, 24)}…, for this account and two scopes, shown this once`, created]
  })
  const { api } = createStandinClient({ url: server, serviceKey: key })
  const { accountId } = callback

  await step('Proven', async () => {
    await until('the proof', async () => (await api.installation.get.query({ accountId })).state === 'active')
    const { generation, grantedScopes } = await api.installation.get.query({ accountId })
    return [
      `one exchange at /apptoken: active, generation ${generation}, granted ${grantedScopes.join(' ')}`,
      undefined,
    ]
  })

  await step('Token for another program', async () => {
    const said = await runPart(['scripts/demo/consumer.ts', server, accountId, simulator], {
      environment: { STANDIN_SERVICE_KEY: key },
    })
    const { fingerprint, scopes, firstMachine } = JSON.parse(said)
    must(typeof firstMachine === 'string', 'Trackunit did not take the token')
    return [
      `through @standin/client, ${scopes.join(' ')}, fingerprint ${fingerprint.slice(0, 12)}…; Trackunit answered with “${firstMachine}”`,
      undefined,
    ]
  })

  const runId = await step('Action', async () => {
    const started = await api.run.start.mutate({
      accountId,
      actionId: 'machine-list',
      input: {},
      idempotencyKey: crypto.randomUUID(),
    })
    const seen = await watch(api, started.id)
    const ended = await api.run.get.query({ runId: started.id })
    must(ended.state === 'succeeded', `it ended as ${ended.state}, ${ended.reason}`)
    must(
      seen.some(({ type }) => type === 'progress'),
      'no progress was seen',
    )
    must(
      seen.every(({ seq }, index) => seq === index + 1),
      'events are missing or doubled',
    )
    return [`${textOf(ended.headline ?? '')} ${seen.length} events came over the stream, in order`, started.id]
  })

  await step('File', async () => {
    const [file] = (await api.run.get.query({ runId })).artifacts
    if (!file) throw new Error('the run left no file')
    const { url } = await api.artifact.link.mutate({ artifactId: file.id })
    const text = await (await fetch(url)).text()
    const rows = text.trimEnd().split('\r\n').length - 1
    must(rows === fleetSize, `the file has ${rows} rows, the fleet ${fleetSize} machines`)
    mkdirSync(results, { recursive: true })
    writeFileSync(join(results, file.name), text)
    return [`${file.name}, ${rows} rows, ${file.bytes} bytes, now in .standin/demo`, undefined]
  })

  await step('What Trackunit saw', async () => {
    const { counts, violationCount, violations } = await control<{
      counts: Record<string, number>
      violationCount: number
      violations: Array<{ rule: string }>
    }>('requests')
    must(violationCount === 0, `rules were broken: ${violations.map(({ rule }) => rule).join(', ')}`)
    const said = Object.entries(counts).map(([what, times]) => `${times} × ${what}`)
    return [`no rule broken; ${said.join(', ')}`, undefined]
  })
}

/** Follows a run to its end, over server-sent events. */
async function watch(api: ReturnType<typeof createStandinClient>['api'], runId: string): Promise<RunEvent[]> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const seen: RunEvent[] = []
  const subscription = api.run.events.subscribe(
    { runId },
    { onData: ({ data }) => seen.push(data), onComplete: resolve, onError: reject },
  )
  const timeout = setTimeout(() => reject(new Error('it did not end within a minute')), 60_000)
  await promise.finally(() => clearTimeout(timeout))
  subscription.unsubscribe()
  return seen
}

try {
  await demo()
  process.stdout.write('All of it held.\n')
} catch (error) {
  if (!(error instanceof Failed)) process.stdout.write(`✘ ${error instanceof Error ? error.message : error}\n`)
  process.stderr.write(`${lines.slice(-40).join('\n')}\n`)
  process.exitCode = 1
} finally {
  for (const part of parts.toReversed()) await part.stop()
  rmSync(folder, { recursive: true, force: true })
}
