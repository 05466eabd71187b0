import { startEmbeddedPostgres } from '../src/database/embedded-postgres/index.ts'

/**
 * A process that holds the embedded PostgreSQL of the folder it is given, for tests that kill it: writes its address as a
 * line, and stops when its standard input ends.
 */
const [dataDir = '', durable = 'durable'] = process.argv.slice(2)
const database = await startEmbeddedPostgres({ dataDir, durable: durable === 'durable', log: console.error })
console.log(database.url)
for await (const _ of process.stdin);
await database.stop()
