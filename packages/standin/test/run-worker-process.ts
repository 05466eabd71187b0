import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { systemClock } from '../src/clock.ts'
import { createCountingAction } from './counting-action.ts'
import { createLinesAction } from './lines-action.ts'
import { openTestReplica } from './test-replica.ts'
import { startWorking, withRuns } from './with-runs.ts'

/**
 * A worker in a process of its own, to be killed. Its runs of `lines` write three lines, say so, and stand still; those of
 * `counting` count on the server whose address is given. With `waits` it is loaded, and begins when it is told.
 */
const [url = '', counter = '', waits] = process.argv.slice(2)
// The test that started it holds its input open: a test that is cut off leaves no worker behind.
process.stdin.on('end', () => process.exit()).resume()
flushCompileCache() // It is killed, and would leave none.
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
