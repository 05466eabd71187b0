import { createStandinClient } from '@standin/client'
import postgres from 'postgres'
import { until } from '../../scripts/part.ts'
import { accountId, type BenchStack } from '../bench-stack.ts'
import type { Comparison, Measured } from '../compare.ts'

/** So many pages that no run ends while it is measured. */
export const fleetOfManyPages = 50_000
const pageMs = 100

/** A worker is killed with a run in its hands: how long until another one has it and has written its progress. */
export function runGoesOn(stack: BenchStack): Comparison[] {
  const { servers, databaseUrl, serviceKey, control } = stack
  let { worker } = stack
  const { runs } = createStandinClient({ url: servers[0]?.url ?? '', serviceKey })

  async function goesOn(): Promise<Measured> {
    await control('settings', { apiLatencyMs: pageMs }, 'PUT')
    const sql = postgres(databaseUrl, { max: 1 })
    const { id } = await runs.start({ accountId, actionId: 'fleet-snapshot' })
    const standing = async () => {
      const [row] = await sql`select epoch, last_seq as "lastSeq" from runs where id = ${id}`
      return { epoch: Number(row?.epoch), lastSeq: Number(row?.lastSeq) }
    }
    try {
      await until('progress', async () => (await standing()).lastSeq > 5)
      const killed = worker
      worker = await stack.startWorker()
      const killedAtMs = performance.now()
      process.kill(killed?.pid ?? 0, 'SIGKILL')
      await killed?.ended
      const before = await standing()
      await until(
        'a run that goes on',
        async () => {
          const { epoch, lastSeq } = await standing()
          return epoch > before.epoch && lastSeq > before.lastSeq
        },
        { everyMs: 5 },
      )
      return { value: performance.now() - killedAtMs }
    } finally {
      await runs.cancel(id)
      await runs.ended(id)
      await sql.end()
    }
  }

  return [
    {
      id: 'run-goes-on',
      name: 'worker killed: its run goes on elsewhere',
      unit: 'ms',
      goal: 2_000,
      stretch: 600,
      better: 'less',
      subject: { name: 'another worker', measure: goesOn },
    },
  ]
}
