import { createListener } from '../src/database/listen.ts'

/** A process with a replica's lock, to be killed: it prints its id and stays. */
const { replica, on } = createListener(process.argv[2] ?? '')
await on('run_event', () => {})
process.stdout.write(`${replica.id()}\n`)
