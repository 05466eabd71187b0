import { ConfigError } from '../config/config-error.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { EmbeddedPostgresError } from '../database/embedded-postgres/index.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { CommandFailed, printable } from './terminal.ts'

/** The part of an error that the operator may see: only our own texts. */
export function explain(error: unknown): string {
  if ([ConfigError, EmbeddedPostgresError, CommandFailed].some((ours) => error instanceof ours))
    return (error as Error).message
  const trouble = databaseTrouble(error)
  if (trouble) return trouble
  const { reason, message, issues = [] } = toRefusal(error)
  // The reason's own text mentions a log and a request id, which a command does not have.
  if (reason === 'INTERNAL') return 'INTERNAL: The command failed unexpectedly.'
  // "The input is not valid for this procedure" or "There is nothing at this address" says nothing to someone who typed a
  // command that has a reason of its own.
  const said =
    error instanceof StandinError && ['INPUT_INVALID', 'NOT_FOUND'].includes(reason)
      ? (error.detail ?? message)
      : message
  return [
    `${reason}: ${said}`,
    ...issues.map((issue) => `  ${printable(issue.path)}: ${printable(issue.message)}`),
  ].join('\n')
}
