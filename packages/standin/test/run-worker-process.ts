import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { pino } from 'pino'
import { systemClock } from '../src/clock.ts'
import { connectDatabase } from '../src/database/database.ts'
import { createListener } from '../src/database/listen.ts'
import type { MachineRegister } from '../src/machines/machine-register.ts'
import { buildRuns } from '../src/runs/build-runs.ts'
import type { TrackunitClient } from '../src/trackunit/trackunit-client.ts'
import { createCountingAction } from './counting-action.ts'
import { createLinesAction } from './lines-action.ts'

/**
 * A worker in a process of its own, to be killed. Its runs of `lines` write three lines, say so, and stand still; those of
 * `counting` count on the server whose address is given. With `waits` it is loaded, and begins when it is told.
 */
const [url = '', counter = '', waits] = process.argv.slice(2)
// Whoever started it holds its input open: a test that was cut off leaves nobody behind.
process.stdin.on('end', () => process.exit()).resume()
flushCompileCache() // It is killed, and would leave none.
if (waits) await once(process.stdin, 'data')
const { db } = connectDatabase(url)
const listener = createListener(url)
const actions = [
  createLinesAction({ standsStillAfter: 3, say: (line) => process.stdout.write(`line ${line}\n`) }),
  createCountingAction(counter),
]
const closers: Array<() => Promise<unknown>> = []
const { startWorking } = await buildRuns({
  ...{ db, listener, closers, directUrl: url, log: pino({ level: 'silent' }), clock: systemClock },
  findAction: (id) => actions.find((action) => action.id === id),
  trackunitFor: () => ({}) as TrackunitClient,
  machinesFor: () => ({}) as MachineRegister,
})
await startWorking()
process.once('SIGTERM', async () => {
  for (const close of closers.reverse()) await close()
  process.exit()
})
listener.replica.onHeld(sayWho)
sayWho(listener.replica.id())

function sayWho(replicaId: number | undefined): void {
  if (replicaId !== undefined) process.stdout.write(`replica ${replicaId}\n`)
}
