import { readFile } from 'node:fs/promises'
import { createStandinClient } from '@standin/client'
import type { Run } from '@standin/contracts'
import { expect, test } from 'vitest'
import { until } from '../scripts/part.ts'
import { accountId, install, type Stack, startStack } from './stack.ts'

const fleetSize = 20_000
const allowedBytes = 150_000_000
const actionIds = ['fleet-snapshot', 'attention-list', 'utilisation']

test('a fleet of 20,000 is read in one attempt, and costs less than 150 MB above the idle process', async () => {
  await using stack = await startStack({ fleetSize })
  await stack.control('settings', { pointsPerWindow: 50_000_000 }, 'PUT') // All of it in one window.
  await install(stack, accountId)
  const scopes = 'asset.view account.event.manage account.service-management.service-plan.assignment.view'
  const create = ['keys', 'create', '--service', 'reports', '--account', accountId, '--scopes', scopes]
  const { api } = createStandinClient({ url: stack.server, serviceKey: await stack.operator(...create) })

  const idleBytes = await residentBytes(stack)
  let mostBytes = idleBytes
  for (const actionId of actionIds) {
    const idempotencyKey = `memory-test-${actionId}`
    const { id: runId } = await api.run.start.mutate({ accountId, actionId, input: {}, idempotencyKey })
    let run: Run | undefined
    const hasEnded = async () => {
      mostBytes = Math.max(mostBytes, await residentBytes(stack))
      run = await api.run.get.query({ runId })
      return run.endedAt !== null
    }
    await until(actionId, hasEnded, { timeoutMs: 300_000, everyMs: 100 })
    expect(run, JSON.stringify(run)).toMatchObject({ state: 'succeeded', attempts: 1 })
  }

  expect(mostBytes - idleBytes).toBeLessThan(allowedBytes)
  expect((await stack.control<{ violations: unknown[] }>('requests')).violations).toEqual([])
})

/** Of the server's process, which names itself in its log. Linux alone tells it. */
async function residentBytes({ log }: Stack): Promise<number> {
  const pid = log.map((line) => /"pid":(\d+)/.exec(line)?.[1]).find((found) => found !== undefined)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024
}
