import { createHmac } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { NamedKey } from '../config/key-ring.ts'
import type { Database } from '../database/database.ts'
import { forgetEncryptionKeys, listEncryptionKeys, saveEncryptionKey } from './encryption-key-store.ts'
import { findKeyUse } from './find-key-use.ts'

/**
 * Whether this server's keys open what is stored, before it writes anything: it would accept callbacks under a key that no
 * other server has. Costs one small query, and a look at all values only where a key is missing.
 * @returns the ids of keys that stored values need and the ring does not have, or has with other bytes
 */
export async function checkKeys({
  db,
  config,
}: {
  db: Database
  config: { keys: Pick<Config['keys'], 'encryption'> }
}): Promise<string[]> {
  const ring = config.keys.encryption
  const own = new Map(ring.map((key) => [key.kid, fingerprintOf(key)]))
  const known = await listEncryptionKeys(db)
  const unreadable = known.filter(({ kid, fingerprint }) => own.get(kid) !== fingerprint).map(({ kid }) => kid)
  if (unreadable.length > 0) {
    const { rows, readers } = await findKeyUse(db, ring)
    const needed = unreadable.filter((kid) => rows.has(kid) || readers.some(({ writes }) => writes === kid))
    if (needed.length > 0) return needed
    await forgetEncryptionKeys(db, unreadable) // Retired: no value needs them.
  }
  const [writing] = ring
  await saveEncryptionKey(db, { kid: writing.kid, fingerprint: fingerprintOf(writing) })
  return []
}

const fingerprintOf = ({ bytes }: NamedKey): string =>
  createHmac('sha256', bytes).update('fingerprint of a key of Standin').digest('base64url')
