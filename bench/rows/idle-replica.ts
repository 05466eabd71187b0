import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import type { BenchStack } from '../bench-stack.ts'
import type { Comparison } from '../compare.ts'
import { cpuMicrosOf } from '../http-rate.ts'

const forMs = 20_000
/** What starts with the server has ended by then. */
const settlesAfterMs = 15_000

/**
 * What an idle replica costs. PostgreSQL counts no transactions that touch no table, such as the listening
 * session's `select 1`, three times a second.
 */
export function idleReplica({ servers: [server], databaseUrl }: BenchStack): Comparison[] {
  async function watch() {
    const sql = postgres(databaseUrl, { max: 1, connection: { application_name: 'bench' } })
    const commits = async () => {
      const [row] = await sql`
        select pg_stat_clear_snapshot(), (select xact_commit + xact_rollback from pg_stat_database
          where datname = current_database())::float8 as commits,
          (select count(*)::int from pg_stat_activity where application_name like 'standin%'
            and application_name not like '%presence') as sessions` // That one is the bench's, which started PostgreSQL.
      return { commits: Number(row?.commits), sessions: Number(row?.sessions) }
    }
    const pid = server?.part.pid ?? 0
    await pause(settlesAfterMs)
    const [before, cpuBefore] = [await commits(), cpuMicrosOf(pid) ?? Number.NaN]
    await pause(forMs)
    const [after, cpuAfter] = [await commits(), cpuMicrosOf(pid) ?? Number.NaN]
    await sql.end()
    return {
      statements: ((after.commits - before.commits) * 1_000) / forMs,
      sessions: after.sessions,
      cpu: (cpuAfter - cpuBefore) / (forMs * 10), // Microseconds in milliseconds, as a share of 100.
    }
  }
  type Cost = keyof Awaited<ReturnType<typeof watch>>
  const row = (cost: Cost, what: string, unit: string, goal: number, stretch: number): Comparison => ({
    id: `idle-replica-${cost}`,
    name: `an idle replica: ${what}`,
    unit,
    goal,
    stretch,
    better: 'less',
    rounds: 1,
    subject: { name: 'server', measure: async () => ({ value: (await watch())[cost] }) },
  })
  return [
    row('statements', 'statements that touch a table', '/s', 15, 5),
    row('sessions', 'sessions', '', 8, 5),
    row('cpu', 'CPU', '% of a core', 1, 0.5),
  ]
}
