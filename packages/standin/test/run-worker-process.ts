import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { systemClock } from '../src/clock.ts'
import { createCountingAction } from './counting-action.ts'
import { createLinesAction } from './lines-action.ts'
import { openTestReplica } from './test-replica.ts'
import { startWorking, withRuns } from './with-runs.ts'

/**
 * A worker in a separate process, to be killed. Its runs of `lines` write three lines, report that, and hang; those of
 * `counting` count on the server at the given address. With `waits` it loads, and begins when it is told to.
 */
const [url = '', counter = '', waits] = process.argv.slice(2)
// It ends with its standard input, so that an aborted test leaves no worker behind.
process.stdin.on('end', () => process.exit()).resume()
flushCompileCache() // It is killed, so it would not write its cache at exit.
if (waits) await once(process.stdin, 'data')
const replica = openTestReplica({ url }, { clock: systemClock, random: Math.random })
const working = await startWorking(
  withRuns(replica.ctx, [
    createLinesAction({ standsStillAfter: 3, say: (line) => process.stdout.write(`line ${line}\n`) }),
    createCountingAction(counter),
  ]),
)
process.once('SIGTERM', async () => {
  await working[Symbol.asyncDispose]()
  await replica.close()
  process.exit()
})
const { listener } = replica.ctx
listener.replica.onHeld(sayWho)
sayWho(listener.replica.id())

function sayWho(replicaId: number | undefined): void {
  if (replicaId !== undefined) process.stdout.write(`replica ${replicaId}\n`)
}
