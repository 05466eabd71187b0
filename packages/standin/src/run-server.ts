import { ActionError } from './actions/action-catalogue.ts'
import { ConfigError } from './config/config-error.ts'
import type { Environment } from './config/environment-schema.ts'
import type { RunningStandin, Standin } from './create-standin.ts'
import { databaseTrouble } from './database/database-trouble.ts'
import { EmbeddedPostgresError } from './database/embedded-postgres/index.ts'
import { createLogger } from './observability/logger.ts'

/**
 * Runs the server in the foreground until SIGTERM or SIGINT, then stops it in order. Further signals change nothing: one to a
 * process group arrives twice, from the sender and from npm. The stop is bounded; during the start the process ends at once. If
 * the start fails, each problem is one line on standard error, and the exit code is 1.
 */
export async function runServer(standin: Standin, environment: Environment): Promise<void> {
  let running: RunningStandin | undefined
  const end = () => {
    if (!running) process.exit(143) // As PID 1, a process that does not handle a signal ignores it.
    void running.stop().finally(() => process.exit(0)) // Connections that were cut may keep the process alive.
  }
  process.on('SIGTERM', end).on('SIGINT', end)
  try {
    running = await standin.start(environment)
  } catch (error) {
    process.stderr.write(`${explainStart(error, environment)}\n`)
    process.exitCode = 1
  }
}

function explainStart(error: unknown, { NODE_ENV }: Environment): string {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return error.message
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'The port is taken. Stop the server that uses it, or set PORT to a free one.'
  if (code === 'EACCES') return 'This user may not use the port. Set PORT to one above 1023.'
  const trouble = databaseTrouble(error)
  if (trouble) return trouble
  if (error instanceof ActionError) return error.message
  createLogger('error', undefined, { isDevelopment: NODE_ENV !== 'production' }).error({ err: error }, 'start failed')
  return 'Startup failed unexpectedly; see the log line above.'
}
