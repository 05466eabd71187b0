import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StandinApp } from '@standin/contracts'
import { systemClock } from '../../clock.ts'
import { type Config, readConfig } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { Environment } from '../../config/environment-schema.ts'
import { connectDatabase, type Database } from '../../database/database.ts'
import { databaseTrouble } from '../../database/database-trouble.ts'
import { openDatabase } from '../../database/open-database.ts'
import { findKeyUse } from '../../secrets/find-key-use.ts'
import { checkApi, checkCallbackAddress, checkKeySet, checkTokenEndpoint } from './check-addresses.ts'
import { checkAuditKeys, checkDatabase, checkDatabaseClock, checkListen, checkMigrations } from './check-database.ts'
import { checkMail, checkSpool } from './check-machine.ts'
import { checkSettings } from './check-settings.ts'
import { type Finding, good, wrong } from './finding.ts'

interface Asked {
  app: StandinApp
  environment: Environment
  say: (line: string) => void
  /** Where the callback is asked from outside; `true`: at PUBLIC_URL. */
  publicUrl: string | true | undefined
}

/** Looks at everything that a server needs, each for as long as ten seconds; changes nothing. */
export async function examine({ app, environment, say, publicUrl }: Asked): Promise<Finding[]> {
  const config = settingsOf({ app, environment, say })
  if (Array.isArray(config)) return config
  const mustAnswer = config.production
  const surroundings = { fetch, clock: systemClock, mustAnswer }
  const { callback, trackunit, userTokens, delivery, outageServeMs, database } = config
  const has = (part: Config['parts'][number]) => config.parts.includes(part)
  const rest = await Promise.all([
    checkSettings(config, app),
    examineDatabase(config, say),
    checkKeySet(callback.jwksUrl, { check: 'signing keys', setting: 'TRACKUNIT_JWKS_URL' }, surroundings),
    userTokens && has('api')
      ? checkKeySet(userTokens.jwksUrl, { check: "users' keys", setting: 'USER_TOKEN_JWKS_URL' }, surroundings)
      : [],
    checkTokenEndpoint(trackunit.tokenUrl, surroundings),
    has('worker') ? checkApi(trackunit.apiUrl, surroundings) : [],
    outageServeMs > 0 && (has('api') || has('worker')) ? checkSpool(join(database.embeddedDir, 'spool')) : [],
    has('worker') ? checkMail(delivery.smtp, { mustAnswer }) : [],
    publicUrl === undefined ? [] : examineCallback(config, publicUrl, surroundings),
  ])
  return [good('settings', 'can be read.'), ...rest.flat()]
}

function settingsOf({ app, environment, say }: Omit<Asked, 'publicUrl'>): Config | Finding[] {
  try {
    return readConfig(app, environment, say)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').map((line) => wrong('settings', line))
    throw error
  }
}

async function examineDatabase(config: Config, say: (line: string) => void): Promise<Finding[]> {
  try {
    const { url, directUrl, pooled, close } = await openDatabase(config.database, say)
    // Also where nobody said that it is a pooler: it would refuse what a server's connections set.
    const connection = connectDatabase(url, { pool: 1, pooled: true })
    const direct = connectDatabase(directUrl, { pool: 1 })
    try {
      const { sql, db } = connection
      const journal = JSON.parse(
        readFileSync(new URL('../../../migrations/meta/_journal.json', import.meta.url), 'utf8'),
      )
      const tables = await checkMigrations(sql, journal.entries.length)
      const isReady = tables.level === 'good'
      return [
        ...(await checkDatabase(sql, { isPooled: pooled })),
        await checkDatabaseClock(sql, systemClock.now),
        await checkListen(sql, direct.sql),
        tables,
        ...(isReady ? [await checkEncryptionKeys(config, db)] : []),
        ...(isReady
          ? [
              await checkAuditKeys(
                sql,
                config.keys.audit.map(({ kid }) => kid),
              ),
            ]
          : []),
      ]
    } finally {
      await Promise.all([connection.close(), direct.close()])
      await close()
    }
  } catch (error) {
    return [wrong('database', databaseTrouble(error) ?? 'It cannot be used: see what a server says when it starts.')]
  }
}

async function checkEncryptionKeys({ keys }: Config, db: Database): Promise<Finding> {
  const { rows } = await findKeyUse(db, keys.encryption)
  const [writing] = keys.encryption
  const lacking = [...rows.keys()].filter((kid) => !keys.encryption.some((key) => key.kid === kid))
  const retired = [...rows.keys()].filter((kid) => kid !== writing.kid && !lacking.includes(kid))
  if (lacking.length > 0)
    return wrong(
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

async function examineCallback(
  { callback, http }: Config,
  publicUrl: string | true,
  surroundings: Parameters<typeof checkCallbackAddress>[2],
): Promise<Finding> {
  const base = publicUrl === true ? http.publicUrl : publicUrl.replace(/\/+$/, '')
  if (!base || !URL.canParse(base))
    return wrong('callback address', 'Give an address: --public-url https://…, or set PUBLIC_URL.')
  const secret = callback.pathSecrets[0]?.reveal()
  const url = `${base}/trackunit/callback`
  return checkCallbackAddress(secret ? `${url}/${secret}` : url, secret ? `${url}/[secret]` : url, surroundings)
}
