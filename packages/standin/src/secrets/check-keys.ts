import { createHmac } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { NamedKey } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import { findKeyUse } from './find-key-use.ts'
import { type SignedTable, signedPages } from './signed-row-store.ts'
import { forgetUsedKeys, listUsedKeys, saveUsedKey, type UsedKey } from './used-key-store.ts'

interface CheckContext {
  db: Database
  config: { keys: Pick<Config['keys'], 'encryption' | 'audit'> }
}

const settings = { encryption: 'STANDIN_ENCRYPTION_KEYS', audit: 'STANDIN_AUDIT_KEYS' } as const

/**
 * Checks that this server's keys open stored values and verify signed rows, before it writes anything. Otherwise it would store
 * callbacks under a key that no other server has. Costs one small query; all values are read only if a key is missing.
 * @param tables of `signedTables`
 * @returns the keys that stored values need and the server does not have, or has with other bytes: setting and key id
 */
export async function checkKeys(ctx: CheckContext, tables: readonly SignedTable[]): Promise<string[]> {
  const known = await listUsedKeys(ctx.db)
  const missing = {
    encryption: await missingKeys(ctx, 'encryption', known, () => keysOfValues(ctx)),
    audit: await missingKeys(ctx, 'audit', known, () => keysOfSignedRows(ctx, tables)),
  }
  const all = [...missing.encryption, ...missing.audit]
  if (all.length === 0) for (const ring of ['encryption', 'audit'] as const) await saveWriting(ctx, ring)
  return all
}

async function missingKeys(
  { db, config }: CheckContext,
  ring: UsedKey['ring'],
  known: readonly UsedKey[],
  findNeeded: () => Promise<ReadonlySet<string>>,
): Promise<string[]> {
  const own = new Map(config.keys[ring].map((key) => [key.kid, fingerprintOf(key)]))
  const unknown = known.filter((key) => key.ring === ring && own.get(key.kid) !== key.fingerprint)
  if (unknown.length === 0) return []
  const needed = await findNeeded()
  const missing = unknown.filter(({ kid }) => needed.has(kid))
  const retired = unknown.filter(({ kid }) => !needed.has(kid)).map(({ kid }) => kid)
  if (retired.length > 0) await forgetUsedKeys(db, ring, retired)
  return missing.map(({ kid }) => `${settings[ring]} ${kid}`)
}

/** The keys that sealed values need, and those that running servers seal with. */
async function keysOfValues({ db, config }: CheckContext): Promise<Set<string>> {
  const { rows, readers } = await findKeyUse(db, config.keys.encryption)
  return new Set([...rows.keys(), ...readers.map(({ writes }) => writes)])
}

/** The keys of signed rows, which decide who gets access. Audit entries are left out: they may outlive their key. */
async function keysOfSignedRows({ db }: CheckContext, tables: readonly SignedTable[]): Promise<Set<string>> {
  const kids = new Set<string>()
  for (const { table } of tables)
    for await (const page of signedPages(db, table))
      for (const { row } of page) if (row.mac) kids.add(row.mac.split(':', 1)[0] ?? '')
  return kids
}

async function saveWriting({ db, config }: CheckContext, ring: UsedKey['ring']): Promise<void> {
  const [writing] = config.keys[ring]
  await saveUsedKey(db, { ring, kid: writing.kid, fingerprint: fingerprintOf(writing) })
}

const fingerprintOf = ({ bytes }: NamedKey): string =>
  createHmac('sha256', bytes).update('fingerprint of a key of Standin').digest('base64url')
