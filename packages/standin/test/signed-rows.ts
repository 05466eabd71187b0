import type { Sql } from 'postgres'
import { signedGrants, signedKeys } from '../src/access/access-table.ts'
import { signedAccounts } from '../src/accounts/account-table.ts'
import type { KeyRing } from '../src/config/key-ring.ts'
import { createSignedRows } from '../src/secrets/signed-rows.ts'

/** The audit keys of `testConfig`. */
export const auditRing: KeyRing = [{ kid: 'audit', bytes: new Uint8Array(32).fill(7) }]

/** The same as a setting. */
export const auditKeys = `audit:${Buffer.alloc(32, 7).toString('base64url')}`

/** Signs rows as a server of the tests does. */
export const testSigned = createSignedRows({ ring: auditRing })

/** Signs keys, grants and accounts as they are: for rows that a test wrote with SQL. */
export async function signAll(sql: Sql, signed = testSigned): Promise<void> {
  for (const { id, service, digest, expires_at, revoked_at } of await sql`select * from service_keys`) {
    const [expiresAt, revokedAt] = [new Date(expires_at), revoked_at && new Date(revoked_at)]
    const mac = signed.sign(signedKeys, { id, service, digest, expiresAt, revokedAt })
    await sql`update service_keys set mac = ${mac} where id = ${id}`
  }
  for (const {
    service,
    account_id: accountId,
    scopes,
  } of await sql`select service, account_id, to_json(scopes) as scopes from grants`) {
    const mac = signed.sign(signedGrants, { service, accountId, scopes })
    await sql`update grants set mac = ${mac} where service = ${service} and account_id = ${accountId}`
  }
  for (const { account_id: accountId, active_generation: activeGeneration } of await sql`select * from installations`) {
    const mac = signed.sign(signedAccounts, { accountId, activeGeneration })
    await sql`update installations set mac = ${mac} where account_id = ${accountId}`
  }
}
