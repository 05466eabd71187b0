import { randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { until } from '../../scripts/part.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Comparison, Measured } from '../compare.ts'
import { cpuMicrosOf } from '../http-rate.ts'
import { askedAt, askedOverSocket } from '../request-times.ts'

const callers = 10_000
const upstreamMs = 6_000

/** All callers ask at once for a token that no replica has; how late the last one is served after it was stored. */
export function coldCrowd(stack: BenchStack): Comparison[] {
  return [
    {
      id: 'cold-crowd',
      name: `${callers.toLocaleString('en')} cold callers over 4 replicas, 1 exchange: the last one after it`,
      unit: 'ms',
      goal: 400,
      stretch: 180,
      better: 'less',
      rounds: 3,
      subject: { name: 'POST /v1/token', measure: () => lastServed(stack) },
    },
    {
      id: 'replica-killed',
      name: `replica killed in its exchange of ${upstreamMs / 1_000} s: the others served after the kill`,
      unit: 'ms',
      goal: upstreamMs + 2_500,
      stretch: upstreamMs + 500,
      better: 'less',
      rounds: 1, // Callbacks come to the replica that is killed: nothing can be installed afterwards.
      subject: { name: 'POST /v1/token', measure: () => servedAfterKill(stack) },
    },
  ]
}

async function lastServed(stack: BenchStack): Promise<Measured> {
  await using account = await installed(stack)
  await stack.control('faults', { apptoken: { delayMs: upstreamMs } }, 'PUT')
  const sockets: Socket[] = []
  const asking = Promise.all(
    Array.from({ length: callers }, async (_, index) => {
      await pause((index / callers) * 2_000) // All are there before the answer is.
      const { url } = stack.servers[index % stack.servers.length] ?? {}
      return askedOverSocket({ ...account.asked, url: `${url}/v1/token` }, (socket) => sockets.push(socket))
    }),
  )
  await Promise.race([asking, pause(upstreamMs - 1_000)])
  const cpuBefore = { servers: cpuOf(stack), bench: process.cpuUsage() }
  const served = await asking
  const bench = process.cpuUsage(cpuBefore.bench)
  const cpuMicrosPerRequest = (cpuOf(stack) - cpuBefore.servers) / callers
  process.stderr.write(
    `  of each caller: ${Math.round(cpuMicrosPerRequest)} µs of the servers, ${Math.round((bench.user + bench.system) / callers)} µs of the bench\n`,
  )
  for (const socket of sockets) socket.destroy()
  await stack.control('faults', {}, 'PUT')
  const exchanges = await account.exchanges()
  if (exchanges !== 1) throw new Error(`${exchanges} exchanges for one crowd`)
  return { value: Math.max(...served) - (await account.storedAtMs()), cpuMicrosPerRequest }
}

const cpuOf = ({ servers }: BenchStack) => servers.reduce((sum, { part }) => sum + (cpuMicrosOf(part.pid) ?? 0), 0)

async function servedAfterKill(stack: BenchStack): Promise<Measured> {
  await using account = await installed(stack)
  await stack.control('faults', { apptoken: { delayMs: upstreamMs } }, 'PUT')
  const agent = new Agent({ keepAlive: true })
  const [leader, ...others] = stack.servers
  const ask = (url = '') => askedAt(agent, { ...account.asked, url: `${url}/v1/token` })
  ask(leader?.url).catch(() => {}) // It dies with its server.
  await until('the exchange', async () => (await account.exchanges()) === 1)
  const waiting = Promise.all(others.flatMap(({ url }) => Array.from({ length: 50 }, () => ask(url))))
  await pause(300)
  const killedAtMs = Date.now()
  process.kill(leader?.part.pid ?? 0, 'SIGKILL')
  const value = Math.max(...(await waiting)) - killedAtMs
  agent.destroy()
  await stack.control('faults', {}, 'PUT')
  return { value }
}

/** An account whose credentials are proven, and whose token was never asked for. */
async function installed({ control, simulator, databaseUrl, serviceKey }: BenchStack) {
  const accountId = randomUUID()
  const sql = postgres(databaseUrl, { max: 1 })
  await control('install', { accountId })
  await until('the proof', async () => {
    const [row] = await sql`select active_generation from installations where account_id = ${accountId}`
    return row?.active_generation > 0
  })
  await fetch(`${simulator}/control/requests`, { method: 'DELETE' })
  return {
    asked: {
      headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ accountId, scopes: ['asset.view'] }),
    },
    async exchanges(): Promise<number> {
      const report = (await (await fetch(`${simulator}/control/requests`)).json()) as { counts: Record<string, number> }
      return report.counts['POST /apptoken'] ?? 0
    },
    async storedAtMs(): Promise<number> {
      const [row] = await sql`
        select extract(epoch from issued_at)::float8 * 1000 as ms from access_tokens where account_id = ${accountId}`
      return row?.ms
    },
    [Symbol.asyncDispose]: () => sql.end(),
  }
}
