import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { until } from '../../scripts/part.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Comparison, Measured } from '../compare.ts'
import { cpuMicrosOf } from '../http-rate.ts'
import { type Asked, rateOf } from '../request-times.ts'

const perRound = 1_000
const provenPerRound = 400

/** Callbacks of accounts that never installed before: verified, sealed and committed before they are answered. */
export function callbackOverHttp(stack: BenchStack): Comparison[] {
  const { servers, reference, control } = stack
  const [server] = servers
  const ours = () => answered(stack, `${server?.url}/trackunit/callback`, server?.part.pid ?? 0)
  const bare = () => answered(stack, `${reference.url}/callback`, reference.pid)
  return [
    {
      id: 'callback-over-http-proven',
      name: 'a callback over HTTP and the proof of its credentials, until the account can be served',
      unit: 'accounts/s',
      goal: 50, // Trackunit is asked no more often, unless it is set otherwise.
      better: 'more',
      rounds: 3,
      subject: { name: 'POST /trackunit/callback', measure: () => proven(stack) },
    },
    {
      id: 'callback-over-http',
      name: 'a callback over HTTP: verified, sealed, committed, then 2xx',
      unit: 'callbacks/s',
      goal: 0.6,
      stretch: 0.9,
      better: 'more',
      subject: {
        name: 'POST /trackunit/callback',
        async warmUp() {
          // Proving the credentials is not part of the answer: it continues in the background, and would distort the time.
          await control('faults', { apptoken: { delayMs: 8_000 } }, 'PUT')
          await ours()
        },
        measure: ours,
      },
      reference: {
        name: 'jose and one INSERT behind a bare route',
        warmUp: async () => void (await bare()),
        measure: bare,
      },
    },
  ]
}

async function answered(stack: BenchStack, url: string, pid: number): Promise<Measured> {
  const asked = await callbacks(stack, url, perRound)
  const cpuBefore = cpuMicrosOf(pid)
  const value = await rateOf(asked)
  return { value, ...cpuSince(cpuBefore, { pid, requests: perRound }) }
}

/** Installed in the simulated Trackunit, which sends the callback itself: only what it knows can be proven. */
async function proven({ servers: [server], databaseUrl, control }: BenchStack): Promise<Measured> {
  const pid = server?.part.pid ?? 0
  await control('faults', {}, 'PUT')
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const cpuBefore = cpuMicrosOf(pid)
    const startedAtMs = performance.now()
    const accounts = Array.from({ length: provenPerRound }, () => randomUUID())
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let accountId = accounts.pop(); accountId; accountId = accounts.pop())
          await control('install', { accountId })
      }),
    )
    const noneWaits = async () =>
      (await sql`select from credentials where next_attempt_at is not null limit 1`).length === 0
    await until('the proof of all', noneWaits, { timeoutMs: 60_000 })
    const value = provenPerRound / ((performance.now() - startedAtMs) / 1_000)
    return { value, ...cpuSince(cpuBefore, { pid, requests: provenPerRound }) }
  } finally {
    await sql.end()
  }
}

function cpuSince(
  cpuBefore: number | undefined,
  { pid, requests }: { pid: number; requests: number },
): Pick<Measured, 'cpuMicrosPerRequest'> {
  const cpu = cpuMicrosOf(pid)
  return cpu === undefined || cpuBefore === undefined ? {} : { cpuMicrosPerRequest: (cpu - cpuBefore) / requests }
}

async function callbacks({ simulator, control }: BenchStack, url: string, count: number): Promise<Asked[]> {
  const { irisAppId } = (await (await fetch(`${simulator}/control/manifest`)).json()) as { irisAppId: string }
  const made: Asked[] = []
  for (let index = 0; index < count; index++) {
    const accountId = randomUUID()
    const body = JSON.stringify({
      accountId,
      irisAppId,
      type: 'INSTALLED',
      clientId: `0oa${accountId}`,
      clientSecret: randomUUID(),
    })
    const { identity } = await control<{ identity: string }>('sign', { accountId })
    made.push({ url, body, headers: { 'content-type': 'application/json', 'trackunit-identity': identity } })
  }
  return made
}
