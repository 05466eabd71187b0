import { until } from '../../scripts/part.ts'
import type { Cluster } from './cluster.ts'
import { isLimited, type startLoad } from './load.ts'

/**
 * Compares what was promised with what the database, the audit and Trackunit know, some time after everything was mended.
 * @returns each promise that was not kept
 */
export async function checkPromises(cluster: Cluster, load: Awaited<ReturnType<typeof startLoad>>): Promise<string[]> {
  const { accounts, tokens, runs, broken } = load.promised
  const [client] = load.clients
  if (!client) throw new Error('there is no server')
  const problems = [...broken, ...cluster.crashes]
  const wasMisled = (accountId: string) => [...cluster.gateway.misled].some((id) => load.ownerOf(id) === accountId)

  // Invariants 1 and 8: what was answered 2xx is in force.
  let wrong: string[] = []
  const areInForce = async () => {
    const states = await Promise.all(
      accounts.map(async ({ accountId, isUninstalled }) => {
        const { state } = await client.installation.get.query({ accountId })
        // Invariant 4: with a token that names another account, credentials are kept and serve nobody.
        const isKept = state === 'quarantined' && wasMisled(accountId)
        return isKept || state === (isUninstalled ? 'suspended' : 'active')
          ? []
          : [`${accountId} was answered 2xx and is ${state}`]
      }),
    )
    wrong = states.flat()
    return wrong.length === 0
  }
  await until('every proof', areInForce, { timeoutMs: 90_000, everyMs: 500 }).catch(() => problems.push(...wrong))
  for (const problem of wrong) {
    const plans = await cluster.sql`
      select state, attempts, tried_at, next_attempt_at, now() from credentials where account_id = ${problem.slice(0, 36)}`
    problems.push(`plans of ${problem.slice(0, 36)}: ${JSON.stringify(plans)}`)
  }

  // Invariants 19 and 20: each accepted run ends well, once.
  for (const { runId, what } of runs.values()) {
    await load.endOf(runId).catch(() => {})
    const run = await client.run.get.query({ runId })
    if (run.state === 'succeeded' || isLimited(run)) continue
    if (run.reason === 'CREDENTIALS_QUARANTINED' && wasMisled(run.accountId)) continue
    const pauses = await cluster.sql`select * from exchange_pauses where account_id = ${run.accountId}`
    problems.push(`${what} is ${run.state}: ${run.reason} ${JSON.stringify(pauses)}`)
  }
  const [{ rows = 0 } = {}] = await cluster.sql<Array<{ rows: number }>>`select count(*)::int as rows from runs`
  if (rows !== runs.size) problems.push(`${runs.size} runs were accepted, ${rows} exist`)

  // Invariant 18: the audit has every token, and nothing in it was changed.
  const unrecorded = async () => {
    const recorded = await cluster.sql<Array<{ fingerprint: string; times: number }>>`
      select fingerprint, sum(cardinality(entries))::int as times from hand_out_groups
      join hand_out_kinds using (month, writer) where kind = no group by 1`
    const times = new Map(recorded.map(({ fingerprint, times }) => [fingerprint, times]))
    return [...tokens].filter(([fingerprint, seen]) => (times.get(fingerprint) ?? 0) < seen)
  }
  await until('every hand-out', async () => (await unrecorded()).length === 0, { everyMs: 200 }).catch(() => {})
  for (const [fingerprint, seen] of await unrecorded())
    problems.push(`${fingerprint} arrived ${seen} times, which the audit lacks`)
  const verified = JSON.parse(
    await cluster.operator('audit', 'verify', '--json').catch((error: Error) => error.message),
  )
  problems.push(...verified.problems.map((problem: unknown) => `audit: ${JSON.stringify(problem)}`))

  // Invariants 19 and 23: each change was made once, and no rule of Trackunit was broken.
  const { counts, violations } = (await cluster.trackunit.control('requests')) as {
    counts: Record<string, number>
    violations: Array<{ rule: string; endpoint: string; detail: string }>
  }
  if (counts['eventDismiss again']) problems.push(`${counts['eventDismiss again']} events were dismissed twice`)
  problems.push(...violations.map((violation) => `Trackunit: ${JSON.stringify(violation)}`))

  // Invariant 10: no secret where a lie had sent it, and none in a log.
  problems.push(...cluster.gateway.elsewhere.map((what) => `the server went elsewhere: ${what.slice(0, 100)}`))
  const leaks = cluster.log.filter((line) => /eyJ[\w-]{20,}\.eyJ/.test(line))
  problems.push(...leaks.map((line) => `a token in the log: ${line.slice(0, 100)}`))
  return problems
}
