// What Standin costs, side by side with its peers in one run: `npm run bench`, or `npm run bench -- token` for the rows
// whose id has that word. Ratios are what to look at: see compare.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { type BenchStack, startBenchStack } from './bench-stack.ts'
import { type Comparison, compare, type Row } from './compare.ts'
import { newestResults, resultsFolder, writeChart } from './draw-chart.ts'
import { printTable } from './print-table.ts'
import { appFirstJavaScript } from './rows/app-first-javascript.ts'
import { cachedToken } from './rows/cached-token.ts'
import { callbackOverHttp } from './rows/callback-over-http.ts'
import { clickToProgress } from './rows/click-to-progress.ts'
import { coldCrowd } from './rows/cold-crowd.ts'
import { commitsWithNotices } from './rows/commits-with-notices.ts'
import { diskOfHandOuts } from './rows/disk-of-hand-outs.ts'
import { firstPaint } from './rows/first-paint.ts'
import { idleReplica } from './rows/idle-replica.ts'
import { longResult } from './rows/long-result.ts'
import { manyInstallations, millionAccounts } from './rows/many-installations.ts'
import { runEvents } from './rows/run-events.ts'
import { fleetOfManyPages, runGoesOn } from './rows/run-goes-on.ts'
import { runPerSecond } from './rows/run-per-second.ts'
import { serverCachedToken } from './rows/server-cached-token.ts'
import { tokenOverHttp } from './rows/token-over-http.ts'

const rounds = 5
const [only = ''] = process.argv.slice(2)
const rows: Row[] = []

async function measure(comparisons: readonly Comparison[]): Promise<void> {
  for (const comparison of comparisons) {
    if (!comparison.id.includes(only)) continue
    process.stderr.write(`${comparison.name} …\n`)
    try {
      rows.push(await compare(comparison, { rounds }))
    } catch (error) {
      // A row that cannot be measured does not affect the others, but fails the run.
      process.stderr.write(`${comparison.id}: ${error instanceof Error ? error.message : error}\n`)
      process.exitCode = 1
    }
  }
}

const isWanted = (ids: readonly string[]) => ids.some((id) => id.includes(only))

/** Several rows on one stack, which is started where one of them is wanted. */
async function withStack(
  { ids, ...options }: { ids: readonly string[] } & Parameters<typeof startBenchStack>[0],
  comparisonsOf: (stack: BenchStack) => Comparison[],
): Promise<void> {
  if (!isWanted(ids)) return
  await using stack = await startBenchStack(options)
  await measure(comparisonsOf(stack))
}

await measure([...cachedToken(), ...serverCachedToken(), ...appFirstJavaScript()])
await withStack({ ids: ['trpc-token', 'rest-token', 'callback-over-http', 'callback-over-http-proven'] }, (stack) => [
  ...tokenOverHttp(stack),
  ...callbackOverHttp(stack),
])
await withStack({ worker: 'apart', fleetSize: fleetOfManyPages, ids: ['run-event', 'run-goes-on'] }, (stack) => [
  ...runEvents(stack),
  ...runGoesOn(stack),
])
await withStack({ replicas: 4, ids: ['cold-crowd', 'replica-killed'] }, coldCrowd)
await withStack({ ids: ['idle-replica-statements', 'idle-replica-sessions', 'idle-replica-cpu'] }, idleReplica)

/** Rows with a stack of their own, which is opened where one of them is wanted. */
const withOwnStack: Array<[ids: string[], open: () => Promise<AsyncDisposable & { comparisons: Comparison[] }>]> = [
  [['click-to-progress'], clickToProgress],
  [['app-first-paint'], firstPaint],
  [['long-result', 'long-result-first'], longResult],
  [['many-installations'], manyInstallations],
  [['million-accounts'], millionAccounts],
  [['commits-with-notices'], commitsWithNotices],
  [['run-per-second'], runPerSecond],
  [['hand-outs-disk-1', 'hand-outs-log-1', 'hand-outs-disk-64', 'hand-outs-log-64'], diskOfHandOuts],
]
for (const [ids, open] of withOwnStack) {
  if (!isWanted(ids)) continue
  await using stack = await open()
  await measure(stack.comparisons)
}

const at = new Date().toISOString()
const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? 'unknown', node: process.version }
mkdirSync(resultsFolder, { recursive: true })
writeFileSync(
  join(resultsFolder, `${at.replaceAll(':', '-')}.json`),
  `${JSON.stringify({ at, machine, rows }, null, 2)}\n`,
)
const newest = newestResults()
if (newest?.at === at) writeChart(newest)
process.stdout.write(`${printTable(rows)}\n`)
