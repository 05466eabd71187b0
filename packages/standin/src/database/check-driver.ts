import postgres from 'postgres'
import { ConfigError } from '../config/config-error.ts'

/**
 * When a session ends in the middle of a transaction, the released driver leaves requests waiting forever, and may run the rest
 * of the transaction outside of it.
 * @throws ConfigError if the driver lacks the corrections of `patches/`
 */
export function checkDriver(driver: object = postgres): void {
  if ('correctedForStandin' in driver) return
  throw new ConfigError([
    'The PostgreSQL driver in node_modules (postgres) lacks the corrections of patches/: a lost connection could leave requests waiting forever. Run `node scripts/bootstrap.mjs pnpm install` (npm and yarn leave patches out), or install the built package standin, which has the corrected driver inside.',
  ])
}
