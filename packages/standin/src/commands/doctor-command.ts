import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { systemClock } from '../clock.ts'
import { ConfigError } from '../config/config-error.ts'
import { type Config, readConfig } from '../config.ts'
import { findKeyUse } from '../credentials/encryption-keys/find-key-use.ts'
import { connectDatabase, type Database } from '../database/database.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { openDatabase } from '../database/open-database.ts'
import { checkCallbackAddress, checkKeySet, checkTokenEndpoint } from '../doctor/check-addresses.ts'
import { checkDatabase, checkMigrations } from '../doctor/check-database.ts'
import { bad, type Finding, good } from '../doctor/finding.ts'
import { type CommandContext, CommandFailed, printable } from './command-context.ts'

/** `doctor`: looks at everything that a server needs, changes nothing, and says what to do. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('look at settings, database, keys and addresses; ends with 1 where something is wrong')
    .option('--public-url [url]', "ask the callback's address as Trackunit would; without a value at PUBLIC_URL")
    .option('--json', 'print them as JSON')
    .action(async ({ publicUrl, json }: { publicUrl?: string | true; json?: boolean }) => {
      const findings = await examine(context, publicUrl)
      const line = ({ isGood, check, said }: Finding) =>
        `${isGood ? 'ok   ' : 'WRONG'} ${check}: ${printable(said, 500)}`
      context.print(json ? JSON.stringify(findings) : findings.map(line).join('\n'))
      const wrong = findings.filter(({ isGood }) => !isGood).length
      if (wrong > 0) throw new CommandFailed(`${wrong} of ${findings.length} are wrong.`)
    })
}

async function examine(context: CommandContext, publicUrl: string | true | undefined): Promise<Finding[]> {
  const config = settingsOf(context)
  if (Array.isArray(config)) return config
  const surroundings = { fetch, clock: systemClock }
  const { callback, trackunit } = config
  const rest = await Promise.all([
    examineDatabase(config, context.say),
    checkKeySet(callback.jwksUrl, surroundings),
    checkTokenEndpoint(trackunit.tokenUrl, surroundings),
    publicUrl === undefined ? [] : examineCallback(config, publicUrl),
  ])
  return [good('settings', 'can be read.'), ...rest.flat()]
}

function settingsOf({ app, environment, say }: CommandContext): Config | Finding[] {
  try {
    return readConfig(app, environment, say)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').map((line) => bad('settings', line))
    throw error
  }
}

async function examineDatabase(config: Config, say: (line: string) => void): Promise<Finding[]> {
  try {
    const { url, pooled, close } = await openDatabase(config.database, say)
    const connection = connectDatabase(url, { pool: 1, pooled })
    try {
      const journal = JSON.parse(readFileSync(new URL('../../migrations/meta/_journal.json', import.meta.url), 'utf8'))
      const tables = await checkMigrations(connection.sql, journal.entries.length)
      const facts = await checkDatabase(connection.sql, { isPooled: pooled })
      return [...facts, tables, ...(tables.isGood ? [await examineKeys(config, connection.db)] : [])]
    } finally {
      await connection.close()
      await close()
    }
  } catch (error) {
    return [bad('database', databaseTrouble(error) ?? 'It cannot be used: see what a server says when it starts.')]
  }
}

async function examineKeys({ keys }: Config, db: Database): Promise<Finding> {
  const { rows } = await findKeyUse(db, keys.encryption)
  const [writing] = keys.encryption
  const lacking = [...rows.keys()].filter((kid) => !keys.encryption.some((key) => key.kid === kid))
  const retired = [...rows.keys()].filter((kid) => kid !== writing.kid && !lacking.includes(kid))
  if (lacking.length > 0)
    return bad(
      'encryption keys',
      `values need ${lacking.join(', ')}, which STANDIN_ENCRYPTION_KEYS does not have. Add them.`,
    )
  return good(
    'encryption keys',
    retired.length === 0
      ? 'open every value.'
      : `open every value; ${retired.join(', ')} still in use: "encryption-keys reencrypt".`,
  )
}

async function examineCallback({ callback, http }: Config, publicUrl: string | true): Promise<Finding> {
  const base = publicUrl === true ? http.publicUrl : publicUrl.replace(/\/+$/, '')
  if (!base || !URL.canParse(base))
    return bad('callback address', 'Give an address: --public-url https://…, or set PUBLIC_URL.')
  const secret = callback.pathSecrets[0]?.reveal()
  const url = `${base}/trackunit/callback`
  return checkCallbackAddress(secret ? `${url}/${secret}` : url, secret ? `${url}/[secret]` : url, {
    fetch,
    clock: systemClock,
  })
}
