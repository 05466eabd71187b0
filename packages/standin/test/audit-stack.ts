import { signedGrants, signedKeys } from '../src/access/access-table.ts'
import { signedAccounts } from '../src/accounts/account-table.ts'
import { type Audit, createAudit } from '../src/audit/audit.ts'
import type { AuditEvent } from '../src/audit/audit-kinds.ts'
import { createAuditMacs } from '../src/audit/audit-mac.ts'
import type { HandOut } from '../src/audit/hand-out-kind.ts'
import { addHandOutMonth } from '../src/audit/hand-out-store.ts'
import { type Actor, record } from '../src/audit/record.ts'
import { sealAll } from '../src/audit/seal-entries.ts'
import { verifyAudit } from '../src/audit/verify-audit.ts'
import { connectDatabase } from '../src/database/database.ts'
import { monthOf } from '../src/database/month-partitions.ts'
import { createLogger } from '../src/observability/logger.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { listAllHandOuts } from './all-hand-outs.ts'
import { emptyTables } from './empty-tables.ts'
import { auditRing, signAll, testSigned } from './signed-rows.ts'
import type { TestDatabase } from './test-database.ts'

export const account = '11111111-1111-4111-8111-111111111111'
export const keyId = '0123456789ab'
const operator: Actor = { kind: 'operator', id: 'test' }

export type AuditStack = Awaited<ReturnType<typeof createAuditStack>>

/** The audit and its database, empty but for an account in force, a key and its grant. */
export async function createAuditStack({ url }: TestDatabase, { ring = auditRing } = {}) {
  const { db, sql } = connectDatabase(url, { pool: 6 })
  await emptyTables(sql)
  const clock = createAdjustableClock()
  await addHandOutMonth(db, monthOf(clock.now())) // As a server does when it starts.
  const lines: string[] = []
  const log = createLogger('warn', { write: (line) => void lines.push(JSON.parse(line).msg) })
  const startProcess = (process = 'p1'): Audit => createAudit({ db, clock, keys: ring, process })
  const audit = startProcess()
  const ctx = { db, audit, log }
  await sql`insert into installations (account_id, active_generation) values (${account}, 3)`
  await sql`insert into service_keys (id, service, digest, expires_at, mac) values (${keyId}, 'reports', 'd', '2099-01-01', '')`
  await sql`insert into grants (service, account_id, scopes, mac) values ('reports', ${account}, '{a,b}', '')`
  await signAll(sql)

  return {
    db,
    sql,
    clock,
    audit,
    ctx,
    macs: createAuditMacs(ring),
    seal: () => sealAll(ctx),
    /** As one process of the server. */
    startWriter: startProcess,
    /** The same, under a name that it leases. */
    startLeasing: () => createAudit({ db, clock, keys: ring }),
    /** As if five minutes went by in which no process renewed its lease. */
    endLeases: () => sql`update audit_writers set leased_until = now() - interval '1 second'`,
    heads: async () => (await sql`select writer from audit_heads order by writer`).map(({ writer }) => writer),
    /** Records a change in its own transaction. */
    change: (event: AuditEvent, details: Record<string, unknown> = {}) =>
      db.transaction((tx) => record({ db: tx, audit }, { actor: operator, event, accountId: account, details })),
    /** Warnings and errors. */
    logged: () => lines,
    rows: () => sql`select * from audit_entries order by writer, writer_seq, id`,
    handOuts: () => listAllHandOuts(db),
    problems: async (logged: Parameters<typeof verifyAudit>[1] = []) => (await verifyAudit(ctx, logged)).problems,
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 0 }) // Otherwise it would wait for a connection that was cut.
    },
  }
}

/** The MACs of those rows. */
const macsOfRows = {
  account: testSigned.sign(signedAccounts, { accountId: account, activeGeneration: 3 }),
  key: testSigned.sign(signedKeys, {
    id: keyId,
    service: 'reports',
    digest: 'd',
    expiresAt: new Date('2099-01-01'),
    revokedAt: null,
  }),
  grant: testSigned.sign(signedGrants, { service: 'reports', accountId: account, scopes: ['a', 'b'] }),
}

let named = 0
/** A token that is about to leave to the service. */
export const handOut = (change: Partial<HandOut> = {}): HandOut => ({
  accountId: account,
  generation: 3,
  scopeKey: 'a b',
  fingerprint: `fingerprint-${++named}`,
  serviceKeyId: keyId,
  restsOn: Object.values(macsOfRows),
  receiver: { kind: 'service', id: 'reports' },
  ...change,
})
