import { pino } from 'pino'
import { systemClock } from '../src/clock.ts'
import { connectDatabase } from '../src/database/database.ts'
import { startRunQueue } from '../src/runs/run-queue.ts'
import { createWorkRun } from '../src/runs/work-run.ts'
import type { TrackunitClient } from '../src/trackunit/trackunit-client.ts'
import { createLinesAction } from './lines-action.ts'

/** A worker in a process of its own, to be killed: it works until it has written three lines, says so, and stands still. */
const url = process.argv[2] ?? ''
const { db } = connectDatabase(url)
const log = pino({ level: 'silent' })
const queue = await startRunQueue(url, log)
const action = createLinesAction({ standsStillAfter: 3, say: (line) => process.stdout.write(`line ${line}\n`) })
const worker = createWorkRun({
  ...{ db, queue, log },
  clock: systemClock,
  findAction: () => action,
  trackunitFor: () => ({}) as TrackunitClient,
})
await queue.work(worker.workOn, { atOnce: 1 })
