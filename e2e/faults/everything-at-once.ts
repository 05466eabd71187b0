import { seededRandom } from '../../packages/standin/test/long-test.ts'
import { until } from '../../scripts/part.ts'
import { checkPromises } from './check-promises.ts'
import { startCluster } from './cluster.ts'
import { makeFaults } from './faults.ts'
import { startLoad } from './load.ts'

/**
 * Callbacks, tokens and runs while everything goes wrong at once; then everything is mended, and the promises are checked.
 * @param seed decides which faults come when; the load's own timing varies
 * @param faults how many begin at least; on a busy machine that takes longer than `seconds`
 */
export async function everythingAtOnce({ seed, seconds, faults }: { seed: number; seconds: number; faults: number }) {
  const random = seededRandom(seed)
  const lines: string[] = []
  await using cluster = await startCluster({ random: seededRandom(seed + 1), fleetSize: 20 })
  const load = await startLoad(cluster, { random: seededRandom(seed + 2) })
  const startedAtMs = performance.now()
  const say = (line: string) => lines.push(`${Math.round(performance.now() - startedAtMs)} ms: ${line}`)

  const begun = await makeFaults(cluster, { random, endsAtMs: startedAtMs + seconds * 1_000, atLeast: faults, say })
  const { ready } = cluster
  await ready()
  // On a busy machine some seconds of faults leave no time for anything else.
  await until('something of each kind', async () => load.isUnderWay(), { timeoutMs: 90_000 })
  await load.end()
  const problems = await checkPromises(cluster, load)
  const { accounts, tokens, runs } = load.promised
  return {
    problems,
    begun,
    lines,
    log: cluster.log,
    counts: {
      accounts: accounts.length,
      tokens: [...tokens.values()].reduce((sum, each) => sum + each, 0),
      runs: runs.size,
      faults: [...begun.values()].reduce((sum, each) => sum + each, 0),
    },
  }
}
