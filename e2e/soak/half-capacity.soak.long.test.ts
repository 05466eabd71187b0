import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { hasGrown } from '../../packages/standin/test/has-grown.ts'
import { longTest } from '../../packages/standin/test/long-test.ts'
import { runPart } from '../../scripts/part.ts'
import type { Load, Outcome } from '../overload/open-loop.ts'
import { accountId, install, otherAccountId, type Stack, startStack } from '../stack.ts'

const { minutes } = longTest()
const measureEveryMs = Math.max(1_000, (minutes * 60_000) / 120)

/** What grows with what happens, by design, and ages out after days. */
const records = /^(hand_out_|audit_|callbacks|callback_identities|installation_events|runs|run_|number|heartbeats)/

const send = async (load: Load): Promise<Outcome> =>
  JSON.parse(await runPart(['e2e/overload/open-loop.ts', JSON.stringify(load)]))

const pidOf = ({ log }: Stack) => log.map((line) => /"pid":(\d+)/.exec(line)?.[1]).find((pid) => pid !== undefined)

/** Everything that must stay as it is, by name. */
async function measure(stack: Stack): Promise<Record<string, number>> {
  const pid = pidOf(stack)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const tables = await stack.sql<Array<{ name: string; kilobytes: number }>>`
    select relname as name, pg_total_relation_size(oid)::float8 / 1024 as kilobytes from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'`
  const [sessions] = await stack.sql<Array<{ count: number }>>`
    select count(*)::int as count from pg_stat_activity where application_name like 'standin%'`
  return {
    'memory, MB': Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024,
    handles: (await readdir(`/proc/${pid}/fd`)).length,
    'database sessions': sessions?.count ?? 0,
    ...Object.fromEntries(
      tables
        .filter(({ name }) => !records.test(name))
        .map(({ name, kilobytes }) => [`table ${name}, kB`, kilobytes] as const),
    ),
  }
}

/** How much may be added in the time of the test without being called a leak. */
const allowedOf = (name: string) =>
  name.startsWith('table')
    ? { share: 0.2, units: 256 }
    : name.startsWith('memory')
      ? { share: 0.1, units: 15 }
      : { share: 0.1, units: 5 }

test(`at half of what it can do, for ${minutes} minutes, nothing grows but what is recorded`, async () => {
  await using stack = await startStack({ environment: { SERVICE_KEY_REQUESTS_PER_S: '1000000' } })
  const accounts = [accountId, otherAccountId]
  for (const each of accounts) await install(stack, each)
  const create = ['keys', 'create', '--service', 'load', '--account', 'all', '--scopes', 'asset.view account.view']
  const keys = [await stack.operator(...create)]
  const port = Number(new URL(stack.server).port)
  const bodies = accounts.flatMap((account) =>
    ['asset.view', 'account.view'].map((scope) => JSON.stringify({ accountId: account, scopes: [scope] })),
  )
  const tokens = { port, path: '/v1/token', keys, bodies, connections: 64 }
  const calm = await send({ ...tokens, perS: 0, seconds: 5 })
  const halfPerS = (calm.statuses['200'] ?? 0) / 10

  const seconds = minutes * 60
  let isOver = false
  const loads = [
    send({ ...tokens, perS: halfPerS, seconds }),
    send({ port, path: '/v1/installations?limit=50', keys, bodies: [], perS: 5, seconds, connections: 16 }),
  ]
  const beside = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const index = turn % accounts.length
      // The same credentials, as a marketplace that is not sure sends them again.
      const again = { clientId: `0oasoak${index}`, clientSecret: 'a-secret-that-stays-as-it-is-for-good' }
      await stack.control('install', { accountId: accounts[index], ...again })
      await streamFor(stack, keys[0] ?? '', 500)
      await pause(500)
    }
  })()

  const series: Record<string, number[]> = {}
  for (const endsAtMs = performance.now() + seconds * 1_000; performance.now() < endsAtMs; ) {
    for (const [name, value] of Object.entries(await measure(stack))) {
      series[name] ??= []
      series[name].push(value)
    }
    await pause(measureEveryMs)
  }
  isOver = true
  await beside
  const outcomes = await Promise.all(loads)
  for (const [name, values] of Object.entries(series))
    console.log(
      name,
      Math.round(values[0] ?? 0),
      '→',
      Math.round(Math.min(...values.slice(-values.length / 5))),
      'most',
      Math.round(Math.max(...values)),
    )
  console.log(JSON.stringify({ halfPerS, outcomes }))

  expect(Object.keys(outcomes[0]?.statuses ?? {})).toEqual(['200'])
  const grown = Object.entries(series).filter(([name, values]) => hasGrown(values, allowedOf(name)))
  expect(Object.fromEntries(grown)).toEqual({})
})

/** Follows the feed of accounts for a while, and leaves as a browser does. */
async function streamFor({ server }: Stack, key: string, ms: number): Promise<void> {
  const response = await fetch(`${server}/trpc/installation.events?input=${encodeURIComponent('{}')}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
    signal: AbortSignal.timeout(ms),
  })
  await response.text().catch(() => {})
}
