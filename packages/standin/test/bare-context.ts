import { type Context, createContext } from '../src/context.ts'
import type { Database } from '../src/database/database.ts'
import { createLogger } from '../src/observability/logger.ts'
import { type AdjustableClock, createAdjustableClock } from './adjustable-clock.ts'
import { type ReplicaOptions, testConfig } from './test-replica.ts'

const noDatabase = new Proxy({} as Database, {
  get() {
    throw new Error('this test has no database')
  },
})

/** A context without a database, for rules that need none. */
export function createBareContext({
  clock = createAdjustableClock(),
  fetch = () => Promise.reject(new TypeError('nothing outside answers in this test')),
  userAgent = 'Standin/test',
  ...settings
}: Pick<ReplicaOptions, 'environment' | 'app' | 'fetch'> & {
  clock?: AdjustableClock
  userAgent?: string
} = {}): Context & {
  clock: AdjustableClock
} {
  const world = { clock, fetch, random: () => 0, log: createLogger('silent') }
  return { ...createContext(testConfig(settings), world, { db: noDatabase }), clock, userAgent }
}
