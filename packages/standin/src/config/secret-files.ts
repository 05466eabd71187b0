import { readFileSync } from 'node:fs'
import type { Environment } from './environment-schema.ts'

const secretNames = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'STANDIN_ENCRYPTION_KEYS',
  'STANDIN_LINK_KEYS',
  'STANDIN_AUDIT_KEYS',
  'CALLBACK_PATH_SECRET',
  'SMTP_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
]
/** The environment with the contents of the files that `NAME_FILE` names; problems with them are added to `problems`. */
export function withSecretFiles(environment: Environment, problems: string[]): Record<string, string | undefined> {
  const given: Record<string, string | undefined> = {}
  // An empty variable counts as not set: that is how compose files and CI leave one out.
  for (const [name, value] of Object.entries(environment)) if (value) given[name] = value
  for (const name of secretNames) {
    const file = given[`${name}_FILE`]
    if (!file) continue
    delete given[`${name}_FILE`]
    if (given[name]) problems.push(`${name} and ${name}_FILE are both set. Set one.`)
    try {
      given[name] = readFileSync(file, 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE names a file that cannot be read.`)
    }
  }
  return given
}
