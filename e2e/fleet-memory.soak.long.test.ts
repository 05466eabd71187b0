import { readFile } from 'node:fs/promises'
import { createStandinClient } from '@standin/client'
import type { Run } from '@standin/contracts'
import { expect, test } from 'vitest'
import { longTest } from '../packages/standin/test/long-test.ts'
import { until } from '../scripts/part.ts'
import { accountId, install, type Stack, startStack } from './stack.ts'

const fleetSize = 20_000
const allowedBytes = 150_000_000
/** As many events as two requests return: more would wait for half an hour. */
const fewEvents = { olderThanDays: 205, kinds: ['ALERT', 'MACHINE_FAULT', 'INSPECTION'] }
const { seed } = longTest()

test(`a fleet of 20,000 is read in one attempt, and costs less than 150 MB above the idle process (seed ${seed})`, async () => {
  await using stack = await startStack({ fleetSize, seed: `memory-${seed}`, actions: 'reference' })
  await stack.control('settings', { pointsPerWindow: 50_000_000 }, 'PUT') // Everything fits into one window.
  await install(stack, accountId)
  const scopes = 'asset.view account.event.manage account.service-management.service-plan.assignment.view'
  const create = ['keys', 'create', '--service', 'reports', '--account', accountId, '--scopes', scopes]
  const { api } = createStandinClient({ url: stack.server, serviceKey: await stack.operator(...create) })

  const idleBytes = await residentBytes(stack)
  const mostBytes: Record<string, number> = {}
  type Start = Parameters<typeof api.run.start.mutate>[0]
  const play = async (name: string, start: Pick<Start, 'actionId'> & Partial<Start>) => {
    const idempotencyKey = `memory-test-${name}`
    const { id: runId } = await api.run.start.mutate({ accountId, input: {}, idempotencyKey, ...start })
    let run: Run | undefined
    const hasEnded = async () => {
      mostBytes[name] = Math.max(mostBytes[name] ?? 0, await residentBytes(stack))
      run = await api.run.get.query({ runId })
      return run.endedAt !== null
    }
    await until(name, hasEnded, { timeoutMs: 300_000, everyMs: 100 })
    expect(run, JSON.stringify(run)).toMatchObject({ state: 'succeeded', attempts: 1 })
    return runId
  }

  await play('fleet snapshot', { actionId: 'fleet-snapshot' })
  await play('attention list', { actionId: 'attention-list' })
  await keepReadingsOfMonths(stack)
  await play('utilisation', { actionId: 'utilisation' })
  const previewRunId = await play('preview of events', {
    actionId: 'clear-stale-events',
    input: fewEvents,
    mode: 'preview',
  })
  await play('clear stale events', { actionId: 'clear-stale-events', input: fewEvents, previewRunId })

  const aboveIdle = Object.entries(mostBytes).map(([name, bytes]) => `${name} ${megabytes(bytes - idleBytes)}`)
  process.stderr.write(`idle ${megabytes(idleBytes)}, above it: ${aboveIdle.join(', ')}\n`)
  expect(Math.max(...Object.values(mostBytes)) - idleBytes).toBeLessThan(allowedBytes)
  expect((await stack.control<{ violations: unknown[] }>('requests')).violations).toEqual([])
})

/** Adds readings for past days, as daily snapshots would have: today's values, and lower ones for each day before. */
const keepReadingsOfMonths = ({ sql }: Stack) => sql`
  insert into machine_readings (account_id, machine_id, slot, at, operating_hours, idle_hours, fuel_percent, read_with)
  select account_id, machine_id, slot - day * 4, at - day * interval '1 day', operating_hours - day * 5, idle_hours - day, 50, read_with
  from machine_readings, generate_series(1, 70) day on conflict do nothing`

const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`

/** The memory of the server's process, whose id is in its log. Only on Linux. */
async function residentBytes({ log }: Stack): Promise<number> {
  const pid = log.map((line) => /"pid":(\d+)/.exec(line)?.[1]).find((found) => found !== undefined)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024
}
