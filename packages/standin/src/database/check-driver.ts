import postgres from 'postgres'
import { ConfigError } from '../config/config-error.ts'

/**
 * The released driver lets requests wait for good where a session ends in the middle of a transaction, and may run what is
 * left of the transaction outside of it.
 * @throws ConfigError where the corrections of `patches/` are not in
 */
export function checkDriver(driver: object = postgres): void {
  if ('correctedForStandin' in driver) return
  throw new ConfigError([
    'The PostgreSQL driver in node_modules (postgres) lacks the corrections of patches/: a lost connection could leave requests waiting for good. Run `node scripts/bootstrap.mjs pnpm install` (npm and yarn leave patches out), or install the built package standin, which has the corrected driver inside.',
  ])
}
