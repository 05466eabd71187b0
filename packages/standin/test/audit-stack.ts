import type { AuditEvent } from '../src/audit/audit-kinds.ts'
import { createAuditMacs } from '../src/audit/audit-mac.ts'
import { createChain } from '../src/audit/chain.ts'
import type { HandOut } from '../src/audit/hand-out-kind.ts'
import { type Actor, record } from '../src/audit/record.ts'
import { createRecordHandOuts } from '../src/audit/record-hand-outs.ts'
import { createSealEntries } from '../src/audit/seal-entries.ts'
import { signTransactions } from '../src/audit/sign-transactions.ts'
import { verifyAudit } from '../src/audit/verify-audit.ts'
import type { KeyRing } from '../src/config/key-ring.ts'
import { connectDatabase } from '../src/database/database.ts'
import { createLogger } from '../src/observability/logger.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { emptyTables } from './empty-tables.ts'
import type { TestDatabase } from './test-database.ts'

export const account = '11111111-1111-4111-8111-111111111111'
export const auditRing: KeyRing = [{ kid: 'audit', bytes: new Uint8Array(32).fill(7) }]
export const keyId = '0123456789ab'
const operator: Actor = { kind: 'operator', id: 'test' }

export type AuditStack = Awaited<ReturnType<typeof createAuditStack>>

/** The audit and its database, empty but for an account in force, a key and its grant. */
export async function createAuditStack({ url }: TestDatabase, { ring = auditRing } = {}) {
  const { db, sql } = connectDatabase(url, { pool: 6 })
  await emptyTables(sql)
  const clock = createAdjustableClock()
  const macs = createAuditMacs(ring)
  signTransactions(db, { macs, clock })
  const seal = createSealEntries({ db, macs, chain: createChain('p1/changes', macs), log: createLogger('silent') })
  await sql`insert into installations (account_id, active_generation) values (${account}, 3)`
  await sql`insert into service_keys (id, service, digest, expires_at) values (${keyId}, 'reports', 'd', '2099-01-01')`
  await sql`insert into grants (service, account_id, scopes) values ('reports', ${account}, '{a,b}')`

  return {
    ...{ db, sql, clock, macs, seal },
    /** As one process of the server. */
    startWriter: (process = 'p1') =>
      createRecordHandOuts({ db, clock, chain: createChain(`${process}/hand-outs`, macs) }),
    /** What a change leaves, in its own transaction. */
    change: (event: AuditEvent, details: Record<string, unknown> = {}) =>
      db.transaction((tx) => record(tx, { actor: operator, event, accountId: account, details })),
    rows: () => sql`select * from audit_entries order by writer, writer_seq, id`,
    problems: async (logged: Parameters<typeof verifyAudit>[2] = []) => (await verifyAudit(db, macs, logged)).problems,
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 0 }) // A connection that was cut is waited for otherwise.
    },
  }
}

let named = 0
/** A token that is about to leave to the service. */
export const handOut = (change: Partial<HandOut> = {}): HandOut => ({
  accountId: account,
  generation: 3,
  scopeKey: 'a b',
  fingerprint: `fingerprint-${++named}`,
  serviceKeyId: keyId,
  receiver: { kind: 'service', id: 'reports' },
  ...change,
})
