import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { KeyRing } from '../config/key-ring.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics.ts'

/** A kind of row that decides who gets access or is served. A row without a valid MAC is refused. */
export interface SignedKind<Row> {
  name:
    | 'service key'
    | 'grant'
    | 'key set'
    | 'account'
    | 'credentials'
    | 'console session'
    | 'console cookie'
    | 'console code'
    | 'console outage code'
  /** Names a row in the log and to the operator. */
  idOf: (row: Row) => string
  /** Everything of a row that counts, in a fixed order. */
  signed: (row: Row) => ReadonlyArray<string | number | null | readonly string[]>
  /** Rows that give no access need no MAC. */
  needsNone?: (row: Row) => boolean
}

export type SignedRows = ReturnType<typeof createSignedRows>

const purpose = 'standin signed rows'

/**
 * Signs rows of the database and checks them, so that someone who can write to the database cannot let themselves in. The
 * keys are derived from the audit keys: the first of the ring signs, all verify.
 *
 * @see RFC 5869 (HKDF)
 */
export function createSignedRows({
  ring,
  log,
  metrics,
}: {
  ring: KeyRing
  log?: Pick<Logger, 'error'>
  metrics?: Pick<Metrics, 'countForgedRow'>
}) {
  const keys = new Map(
    ring.map(({ kid, bytes }) => [kid, Buffer.from(hkdfSync('sha256', bytes, new Uint8Array(), purpose, 32))]),
  )
  const [{ kid: first }] = ring
  /** Rows that were logged: one that is looked up all the time is logged only once. */
  const logged = new LRUCache<string, true>({ max: 1_000 })

  function macOf<Row>(kid: string, kind: SignedKind<Row>, row: Row): Buffer | undefined {
    const key = keys.get(kid)
    const text = JSON.stringify([kind.name, ...kind.signed(row)])
    return key && createHmac('sha256', key).update(text).digest()
  }

  function isSigned<Row>(kind: SignedKind<Row>, row: Row & { mac: string | null }): boolean {
    if (kind.needsNone?.(row)) return true
    const [kid = '', given = ''] = row.mac?.split(':') ?? []
    const [mac, givenBytes] = [macOf(kid, kind, row), Buffer.from(given, 'base64url')]
    return mac !== undefined && mac.length === givenBytes.length && timingSafeEqual(mac, givenBytes)
  }

  return {
    /** The MAC of a row, with the key that made it. */
    sign: <Row>(kind: SignedKind<Row>, row: Row): string =>
      `${first}:${macOf(first, kind, row)?.toString('base64url')}`,
    isSigned,
    /** The key that signs now. */
    kid: first,
    /** All keys, those that only verify included. */
    kids: [...keys.keys()],
    /** Whether a row counts. One that does not is counted, and logged once. */
    accept<Row>(kind: SignedKind<Row>, row: Row & { mac: string | null }): boolean {
      if (isSigned(kind, row)) return true
      const [table, id] = [kind.name, kind.idOf(row)]
      metrics?.countForgedRow(table)
      if (!logged.get(`${table} ${id}`)) {
        logged.set(`${table} ${id}`, true)
        log?.error({ table, id }, 'a row of the database has no valid signature and is refused')
      }
      return false
    },
  }
}
