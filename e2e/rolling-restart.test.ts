import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createStandinClient } from '@standin/client'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { answers, freePort, root, runPart, until } from '../scripts/part.ts'
import { startSimulatedTrackunit } from './simulated-trackunit.ts'
import { databaseOf } from './stack.ts'

/** Sends each request to the next replica that is ready, keeps connections open, and never retries. */
async function startBalancer(ports: readonly number[]) {
  const ready = new Set<number>()
  const agents = new Map(ports.map((port) => [port, new Agent({ keepAlive: true })]))
  let turn = 0
  let isOver = false
  const watching = ports.map(async (port) => {
    while (!isOver) {
      if (await answers(`http://127.0.0.1:${port}/health/ready`).catch(() => false)) ready.add(port)
      else ready.delete(port)
      await pause(50)
    }
  })
  const server = createServer((incoming, outgoing) => {
    const port = [...ready][turn++ % ready.size]
    const onward = request(
      { port, agent: agents.get(port ?? 0), method: incoming.method, path: incoming.url, headers: incoming.headers },
      (response) => {
        const { connection: _ofOneHop, ...headers } = response.headers
        outgoing.writeHead(response.statusCode ?? 502, headers)
        response.pipe(outgoing)
      },
    )
    onward.on('error', (error) => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end(`${error}`)))
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready,
    async close() {
      isOver = true
      await Promise.all(watching)
      server.closeAllConnections()
      server.close()
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

/** Starts a replica like `npm run server`: a process group of the bootstrap and the server. */
function startReplica(environment: Record<string, string>, log: string[]): ChildProcess {
  const child = spawn(
    process.execPath,
    ['scripts/bootstrap.mjs', 'node', '--conditions=@standin/source', 'apps/server/src/main.ts'],
    { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  child.stderr?.on('data', (piece) => log.push(String(piece)))
  return child
}

/** Sends SIGTERM to the whole group, so that the server gets it twice. @returns the exit code */
async function stopGroup(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit')
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  const [code] = await ended
  return code
}

/** What a migration of a later version may do while servers of this one work. */
async function widenEveryTable(folder: string): Promise<void> {
  const sql = postgres(databaseOf(folder), { max: 1, onnotice: () => {} })
  try {
    const tables = await sql<Array<{ name: string }>>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`
    expect(tables.length).toBeGreaterThan(20)
    await sql`set lock_timeout = '5s'`
    for (const { name } of tables) await sql`alter table ${sql(name)} add column of_a_later_version text`
  } finally {
    await sql.end()
  }
}

test('invariant 26: a rolling restart under load, with a later version’s migration in the middle, loses no callback, and no caller notices it', {
  timeout: 400_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'standin-rolling-'))
  const ports = [await freePort(), await freePort()]
  const balancer = await startBalancer(ports)
  const trackunit = await startSimulatedTrackunit({ server: balancer.url })
  const log: string[] = []
  const environment = { ...trackunit.settings, STANDIN_DATA_DIR: folder, METRICS_PORT: '0', LOG_LEVEL: 'warn' }
  const start = (port: number) => startReplica({ ...environment, PORT: String(port), DRAIN_DELAY_S: '1' }, log)
  const replicas = ports.map(start)
  onTestFinished(async () => {
    for (const child of replicas) if (child.exitCode === null) await stopGroup(child)
    await balancer.close()
    await trackunit.close()
    await rm(folder, { recursive: true, force: true })
  })
  const isReady = async (what: string, has: () => boolean) => {
    const hasEnded = () => replicas.some(({ exitCode }) => exitCode)
    await until(what, async () => has() || hasEnded(), { timeoutMs: 120_000 }).catch(() => {})
    expect(has(), `${what}: ${log.join('')}`).toBe(true)
  }
  await isReady('two replicas', () => balancer.ready.size === 2)
  const command = ['keys', 'create', '--service', 'load', '--account', 'all', '--scopes', 'asset.view']
  const serviceKey = await runPart(['packages/standin/bin/standin.ts', ...command], { environment })

  const installed: string[] = []
  const errors: string[] = []
  let tokens = 0
  let isOver = false
  const whileUnderWay = async (work: () => Promise<void>) => {
    while (!isOver) await work().catch((error) => errors.push(String(error)))
  }
  const sendCallback = async () => {
    const accountId = randomUUID()
    const response = await fetch(`${trackunit.url}/control/install`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accountId }),
    })
    const { delivered } = (await response.json()) as { delivered: { status: number | null } }
    if (delivered.status === 200) installed.push(accountId)
    else errors.push(`callback ${delivered.status}`)
    await pause(10)
  }
  const askForToken = async () => {
    const response = await fetch(`${balancer.url}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ accountId: installed[0], scopes: ['asset.view'] }),
    })
    const body = await response.text()
    if (response.status === 200) tokens++
    else errors.push(`token ${response.status} ${body}`)
  }
  const { api, installations } = createStandinClient({ url: balancer.url, serviceKey })
  await sendCallback()
  const isServed = async (accountId: string) => (await api.installation.get.query({ accountId })).state === 'active'
  await until('a token', () => isServed(installed[0] ?? ''))

  const reading = new AbortController()
  const seen = new Map<string, number>()
  const follow = (async () => {
    for await (const { accountId, type } of installations.events({ signal: reading.signal }))
      if (type === 'active') seen.set(accountId, (seen.get(accountId) ?? 0) + 1)
  })().catch((error) => reading.signal.aborted || errors.push(`stream ${error}`))
  const load = [sendCallback, sendCallback, askForToken, askForToken, askForToken].map(whileUnderWay)

  /** Waits until both have gone on, however slow the machine is. */
  const moments = async () => {
    const [someTokens, someAccounts] = [tokens + 25, installed.length + 5]
    await isReady('tokens and callbacks', () => tokens >= someTokens && installed.length >= someAccounts)
  }
  const codes = []
  for (const [index, port] of ports.entries()) {
    const replica = replicas[index]
    if (!replica) throw new Error('no replica')
    await moments()
    codes.push(await stopGroup(replica))
    if (index === 1) break
    replicas[index] = start(port)
    await isReady('the replica', () => balancer.ready.has(port))
    await widenEveryTable(folder)
  }
  await moments()
  isOver = true
  await Promise.all(load)

  expect(errors).toEqual([])
  expect(codes).toEqual([0, 0])
  await until('every proof', async () => (await Promise.all(installed.map(isServed))).every(Boolean))
  await until('every event', async () => installed.every((accountId) => seen.has(accountId)))
  reading.abort()
  await follow
  expect([...seen.values()].filter((times) => times !== 1)).toEqual([])
})
