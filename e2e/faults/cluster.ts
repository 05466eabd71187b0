import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDatabase } from '../../packages/standin/src/database/database.ts'
import { startStoppablePostgres } from '../../packages/standin/test/stoppable-postgres.ts'
import { answers, freePort, type Part, runPart, startPart, until } from '../../scripts/part.ts'
import { startSimulatedTrackunit } from '../simulated-trackunit.ts'
import { startClocks } from './clocks.ts'
import { startGateway } from './gateway.ts'
import { type Link, openLink } from './link.ts'

export interface Replica {
  readonly url: string
  readonly links: { toDatabase: Link; toTrackunit: Link; fromCallers: Link }
  /** How far its clock is ahead, from now on. It is seen within half a second. */
  setClock(aheadMs: number): void
  pid(): number
  kill(): Promise<void>
  start(): Promise<void>
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>

const keys = {
  STANDIN_ENCRYPTION_KEYS: `e:${'A'.repeat(42)}E`,
  STANDIN_LINK_KEYS: `l:${'B'.repeat(42)}E`,
  STANDIN_AUDIT_KEYS: `a:${'C'.repeat(42)}E`,
}

/** The claim of an access token that names its account: without one, nobody can tell whose token it is. */
const accountClaim = 'accountId'

/**
 * PostgreSQL (with fsync on), a simulated Trackunit and two servers, each a process of its own, with a link between each two of
 * them and between callers and each server. Callbacks go to one of the servers, as through a balancer. Each server has a clock
 * and a disk of its own, and a gateway stands before Trackunit, which may lie.
 */
export async function startCluster({ random, fleetSize }: { random: () => number; fleetSize: number }) {
  const stack = new AsyncDisposableStack()
  try {
    const folder = await mkdtemp(join(tmpdir(), 'standin-faults-'))
    stack.defer(() => rm(folder, { recursive: true, force: true }))
    const database = stack.use(await startStoppablePostgres())
    const replicas: Replica[] = []
    const log: string[] = []
    const crashes: string[] = []
    /** Those that were killed or stopped. */
    const expected = new Set<Part>()
    const any = () => replicas[Math.floor(random() * replicas.length)] as Replica
    const balancer = stack.use(await openLink(() => ({ host: '127.0.0.1', port: any().links.fromCallers.port })))
    const trackunit = await startSimulatedTrackunit({ server: `http://127.0.0.1:${balancer.port}`, fleetSize })
    stack.defer(() => trackunit.close())
    await control('settings', { tokenAccountClaim: accountClaim }, 'PUT')
    const gateway = stack.use(await startGateway({ to: trackunit.url, random }))
    const clocks = stack.use(await startClocks())

    for (const name of ['one', 'two']) {
      const port = await freePort()
      const links = {
        toDatabase: stack.use(await openLink(() => placeOf(database.url))),
        toTrackunit: stack.use(await openLink(() => placeOf(gateway.url))),
        fromCallers: stack.use(await openLink(() => ({ host: '127.0.0.1', port }))),
      }
      const environment = {
        ...keys,
        ...through(trackunit.settings, trackunit.url, links.toTrackunit),
        PORT: String(port),
        METRICS_PORT: '0',
        LOG_LEVEL: 'warn',
        TRACKUNIT_ACCOUNT_CLAIM: accountClaim,
        DATABASE_URL: through({ url: database.url }, database.url, links.toDatabase).url ?? '',
        STANDIN_DATA_DIR: join(folder, name),
      }
      let part: Part
      /** A server that cannot reach its database exits during startup. In production its supervisor restarts it. */
      const supervise = async () => {
        const started = part
        const live = () => answers(`http://127.0.0.1:${port}/health/live`)
        const up = until(name, live, { timeoutMs: 60_000, everyMs: 200 }).then(
          () => true,
          () => false,
        )
        const code = await started.ended
        if (expected.has(started)) return
        if (await Promise.race([up, false])) crashes.push(`${name} ended with ${code}: ${log.slice(-3).join('\n')}`)
        await replica.start()
      }
      const replica: Replica = {
        url: `http://127.0.0.1:${links.fromCallers.port}`,
        links,
        setClock: (aheadMs) => clocks.set(name, aheadMs),
        pid: () => part.pid,
        async kill() {
          expected.add(part)
          signal(part.pid, 'SIGKILL')
          await part.ended
        },
        async start() {
          const onLine = (line: string) => log.push(`${name}: ${line}`)
          const command = [...clocks.before(name), 'apps/server/src/main.ts'] as const
          part = startPart({ name, command, environment, onLine })
          void supervise()
        },
      }
      await replica.start()
      stack.defer(async () => {
        expected.add(part)
        signal(part.pid, 'SIGCONT') // A stopped process does not handle SIGTERM.
        await part.stop()
      })
      replicas.push(replica)
    }

    const { sql } = stack.adopt(connectDatabase(database.url, { pool: 2 }), (connection) => connection.close())
    const ready = () =>
      until(
        () => `both servers to be ready (${log.slice(-5).join('\n')})`,
        async () => (await Promise.all(replicas.map(({ url }) => answers(`${url}/health/ready`)))).every(Boolean),
        { timeoutMs: 90_000 },
      )
    await ready()
    const running = stack.move()
    return {
      database,
      replicas,
      log,
      crashes,
      sql,
      ready,
      any,
      gateway,
      trackunit: {
        url: trackunit.url,
        control: (path: string, body?: unknown, method = 'POST') => control(path, body, method),
      },
      operator: (...command: string[]) =>
        runPart(['packages/standin/bin/standin.ts', ...command], {
          environment: {
            ...keys,
            ...trackunit.settings,
            DATABASE_URL: database.url,
            STANDIN_DATA_DIR: join(folder, 'one'),
          },
        }),
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    }

    async function control(path: string, body: unknown, method: string) {
      const answer = await fetch(`${trackunit.url}/control/${path}`, {
        ...(body === undefined
          ? { method: 'GET' }
          : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      })
      return answer.json()
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

function placeOf(url: string): { host: string; port: number } | string {
  const { hostname, port, searchParams } = new URL(url)
  const folder = searchParams.get('host')
  return folder ? `${folder}/.s.PGSQL.${port || 5432}` : { host: hostname, port: Number(port) }
}

/** The settings with the link's address in place of the one it leads to. */
function through(settings: Record<string, string>, url: string, { port }: Link): Record<string, string> {
  const address = new URL(url)
  address.searchParams.delete('host')
  address.host = `127.0.0.1:${port}`
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value.startsWith(url) ? `${address.href.replace(/\/$/, '')}${value.slice(url.length)}` : value,
    ]),
  )
}

/** Sends a signal to a process that may have ended in the meantime. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
