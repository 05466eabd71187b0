import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listForwarded } from '../../access/forwarding-store.ts'
import { createAuditMacs } from '../../audit/audit-mac.ts'
import { systemClock } from '../../clock.ts'
import type { Config } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import { connectDatabase, type Database } from '../../database/database.ts'
import { databaseTrouble } from '../../database/database-trouble.ts'
import { migrationsFolder } from '../../database/migrate.ts'
import { openDatabase } from '../../database/open-database.ts'
import { aliveReplicas } from '../../database/replica-store.ts'
import { findKeyUse } from '../../secrets/find-key-use.ts'
import { findForgedRows } from '../../secrets/review-signed-rows.ts'
import { createSignedRows } from '../../secrets/signed-rows.ts'
import { signedTables } from '../../signed-tables.ts'
import { findRolledBack } from '../find-rolled-back.ts'
import { CommandFailed, printable, readServerConfig, type Terminal } from '../terminal.ts'
import { checkApi, checkCallbackAddress, checkKeySet, checkTokenEndpoint } from './check-addresses.ts'
import { checkCapacity } from './check-capacity.ts'
import {
  checkAuditKeys,
  checkDatabase,
  checkDatabaseClock,
  checkHistory,
  checkListen,
  checkMigrations,
} from './check-database.ts'
import { checkMail, checkSpool } from './check-machine.ts'
import { checkProxy } from './check-proxy.ts'
import { checkSettings } from './check-settings.ts'
import { type Finding, good, wrong } from './finding.ts'

/**
 * Checks everything that a server needs, each for at most ten seconds; changes nothing.
 * @param publicUrl where the callback address is called from outside; `true`: at PUBLIC_URL
 */
export async function examine(terminal: Terminal, publicUrl: string | true | undefined): Promise<Finding[]> {
  const config = readSettings(terminal)
  if (Array.isArray(config)) return config
  const mustAnswer = config.production
  const outside = { fetch, clock: systemClock, mustAnswer }
  const { callback, trackunit, userTokens, delivery, outageServeMs, database } = config
  const has = (part: Config['parts'][number]) => config.parts.includes(part)
  const findings = await Promise.all([
    checkSettings(config, terminal.app),
    examineDatabase(config, terminal.say),
    checkKeySet(callback.jwksUrl, { check: 'signing keys', setting: 'TRACKUNIT_JWKS_URL' }, outside),
    userTokens && has('api')
      ? checkKeySet(userTokens.jwksUrl, { check: "users' keys", setting: 'USER_TOKEN_JWKS_URL' }, outside)
      : [],
    checkTokenEndpoint(trackunit.tokenUrl, outside),
    has('worker') ? checkApi(trackunit.apiUrl, outside) : [],
    outageServeMs > 0 && (has('api') || has('worker')) ? checkSpool(join(database.embeddedDir, 'spool')) : [],
    has('worker') ? checkMail(delivery.smtp, { mustAnswer }) : [],
    publicUrl === undefined ? [] : examineCallback(config, publicUrl, outside),
  ])
  return [good('settings', 'valid.'), ...findings.flat()]
}

function readSettings(terminal: Terminal): Config | Finding[] {
  try {
    return readServerConfig(terminal)
  } catch (error) {
    if (error instanceof CommandFailed) return [wrong('database', error.message)]
    if (error instanceof ConfigError) return error.message.split('\n').map((line) => wrong('settings', line))
    throw error
  }
}

async function examineDatabase(config: Config, say: (line: string) => void): Promise<Finding[]> {
  try {
    const { url, directUrl, pooled, close } = await openDatabase(config.database, say)
    // As if through a pooler, even if none is configured: a pooler would refuse what a server's connections set.
    const connection = connectDatabase(url, { pool: 1, pooled: true })
    const direct = connectDatabase(directUrl, { pool: 1 })
    try {
      const { sql, db } = connection
      const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8'))
      const tables = await checkMigrations(sql, journal.entries.length)
      const ofTables = async () => [
        await checkHistory(sql),
        await checkForwarding(config, db),
        await checkEncryptionKeys(config, db),
        await checkAuditKeys(
          sql,
          config.keys.audit.map(({ kid }) => kid),
        ),
        await checkSignedRows(config, db),
        ...(await checkCapacity(sql, {
          replicas: (await aliveReplicas(db)).size,
          pool: pooled ? 0 : config.database.pool,
        })),
      ]
      return [
        ...(await checkDatabase(sql, { isPooled: pooled })),
        await checkDatabaseClock(sql, systemClock.now),
        await checkListen(sql, direct.sql),
        tables,
        ...(tables.level === 'good' ? await ofTables() : []),
      ]
    } finally {
      await Promise.all([connection.close(), direct.close()])
      await close()
    }
  } catch (error) {
    return [wrong('database', databaseTrouble(error) ?? 'cannot be used: see the log of a server that starts.')]
  }
}

async function checkForwarding({ http: { proxySetting } }: Config, db: Database): Promise<Finding> {
  const seen = await listForwarded(db, { setting: proxySetting ?? '', now: systemClock.now() })
  return checkProxy(proxySetting, seen)
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
      : `open every value; ${retired.join(', ')} still in use: run "encryption-keys reencrypt".`,
  )
}

async function checkSignedRows({ keys }: Config, db: Database): Promise<Finding> {
  const signedRows = createSignedRows({ ring: keys.audit })
  const { count, first } = await findForgedRows({ db, signedRows }, signedTables)
  if (count === 0) return checkRolledBack(keys, db)
  const others = count > first.length ? ` and ${count - first.length} others` : ''
  return wrong(
    'signed rows',
    `${first.join(', ')}${others}: no key of STANDIN_AUDIT_KEYS signed this. They are refused. If a key is missing, add it; else find out who can write to the database.`,
  )
}

async function checkRolledBack({ audit }: Config['keys'], db: Database): Promise<Finding> {
  const [first, ...others] = await findRolledBack({ db, audit: { macs: createAuditMacs(audit) } })
  if (!first) return good('signed rows', 'are what Standin signed.')
  return wrong(
    'signed rows',
    `${printable(first.row)}${others.length > 0 ? ` and ${others.length} others` : ''}: someone put back an earlier state, which serves. "audit verify" lists them. Find out who can write to the database.`,
  )
}

async function examineCallback(
  { callback, http }: Config,
  publicUrl: string | true,
  outside: Parameters<typeof checkCallbackAddress>[2],
): Promise<Finding> {
  const base = publicUrl === true ? http.publicUrl : publicUrl.replace(/\/+$/, '')
  if (!base || !URL.canParse(base))
    return wrong('callback address', 'unknown: use --public-url https://…, or set PUBLIC_URL.')
  const secret = callback.pathSecrets[0]?.reveal()
  const url = `${base}/trackunit/callback`
  return checkCallbackAddress(secret ? `${url}/${secret}` : url, secret ? `${url}/[secret]` : url, outside)
}
