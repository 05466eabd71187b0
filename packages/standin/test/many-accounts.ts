import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import { signedAccounts } from '../src/accounts/account-table.ts'
import type { SignedRows } from '../src/secrets/signed-rows.ts'

/** Accounts of one statement: their ids and signatures are its parameters. */
const atOnce = 50_000

/** Inserts accounts as an install leaves them: one callback, proven credentials, a token in use, and two events. */
export async function insertAccounts(
  sql: Sql,
  { count, scopeKey, signedRows }: { count: number; scopeKey: string; signedRows: Pick<SignedRows, 'sign'> },
): Promise<void> {
  for (let left = count; left > 0; left -= atOnce) {
    const ids = Array.from({ length: Math.min(left, atOnce) }, () => randomUUID())
    const macs = ids.map((accountId) => signedRows.sign(signedAccounts, { accountId, activeGeneration: 1 }))
    await sql`insert into installations (account_id, active_generation, last_generation, mac)
      select account_id, 1, 1, mac
      from unnest(${`{${ids.join()}}`}::text::uuid[], ${`{${macs.join()}}`}::text::text[]) as signed(account_id, mac)`
  }
  await sql`insert into credentials (account_id, generation, app_id, client_id, sealed_secret, content_digest, state, issued_at,
      tie_break, bound, proven_at, granted_scopes)
    select account_id, 1, 'app', account_id::text, repeat('s', 300), account_id::text, 'active', now(), '', true, now(),
      ${`{${scopeKey}}`}::text::text[]
    from installations`
  await sql`insert into proven_clients (client_id, account_id) select account_id::text, account_id from installations`
  await sql`insert into callbacks (account_id, app_id, type, content_digest, issued_at, outcome, generation, claim_names)
    select account_id, 'app', 'INSTALLED', account_id::text, now(), 'accepted', 1, '{iat,exp,accountId}' from installations`
  await sql`insert into callback_identities (identity_digest, account_id, content_digest, issued_at)
    select account_id::text, account_id, account_id::text, now() from installations`
  await sql`insert into access_tokens (account_id, scope_key, generation, sealed_token, fingerprint, expires_at, lifetime_ms)
    select account_id, ${scopeKey}, 1, repeat('t', 1200), account_id::text, now() + interval '1 hour', 3600000 from installations`
  await sql`insert into token_leases (account_id, scope_key, generation, fence, refresh_at, lifetime_ms)
    select account_id, ${scopeKey}, 1, 1, now() + random() * interval '1 hour', 3600000 from installations`
  await sql`insert into installation_events (seq, at, account_id, type)
    select row_number() over (), now(), account_id, type
    from installations, unnest(array['installed', 'active']) as type`
}

/**
 * Inserts what accounts in use leave: for each a run with its result, its file and its delivery, a schedule, a machine and its
 * readings. None of it is due, and none is old enough to be deleted.
 */
export async function insertWork(sql: Sql): Promise<void> {
  const user = JSON.stringify({ kind: 'user', id: 'anna', name: 'Anna' })
  await sql`insert into runs (account_id, action_id, mode, input, idempotency_key, started_by, reads_with, may_overlap, state, progress, steps,
      created_at, promoted_at, started_at, ended_at)
    select account_id, 'report', 'apply', '{}', 'once', ${user}::text::jsonb, '{}', false, 'succeeded',
      '{"done": 1, "total": 1, "message": ""}', '[]', now(), now(), now(), now()
    from installations`
  await sql`insert into run_events (account_id, run_id, seq, body) select account_id, id, 1, '{"type": "log"}' from runs`
  await sql`insert into run_results (account_id, run_id, rows) select account_id, id, 1 from runs`
  await sql`insert into run_result_rows (account_id, run_id, position, row_id, cells, is_new, searched)
    select account_id, run_id, 0, 'one', '{}', false, '' from run_results`
  await sql`insert into artifacts (account_id, run_id, name, media_type, complete) select account_id, id, 'a.csv', 'text/csv', true from runs`
  await sql`insert into deliveries (account_id, run_id, position, destination, state, ended_at)
    select account_id, id, 0, '{"kind": "email", "address": "anna@fleet.example"}', 'delivered', now() from runs`
  await sql`insert into schedules (account_id, action_id, input, recurrence, time_zone, deliver_to, state, anchor_at, next_at, due_at,
      ends_at, notice_due_at, created_by)
    select account_id, 'report', '{}', 'FREQ=DAILY', 'UTC', '[]', 'active', now(), now() + interval '1 day', now() + interval '1 day',
      now() + interval '90 days', now() + interval '76 days', ${user}::text::jsonb
    from installations`
  await sql`insert into machines (account_id, machine_id, seen_at, read_with) select account_id, 'one', now(), '{}' from installations`
  await sql`insert into machine_readings (account_id, machine_id, slot, at, read_with)
    select account_id, 'one', slot, now(), '{}' from installations, generate_series(1, 2) slot`
  await sql`insert into rate_budgets (account_id, key, state) select account_id, 'graphql', '{}' from installations`
  await sql`insert into audit_entries (actor_kind, actor_id, event, account_id, details, entry_id, kid, entry_mac, writer, writer_seq)
    select 'user', 'anna', 'run.started', account_id, '{}', gen_random_uuid(), 'bench', 'm', 'elsewhere', row_number() over ()
    from installations`
}

/** Lets accounts wait for a later moment: each has credentials that are tried, a run and a delivery that go on tomorrow. */
export async function letWait(sql: Sql): Promise<void> {
  await sql`update credentials set state = 'parked', next_attempt_at = now() + interval '1 day'`
  await sql`update runs set state = 'waiting', waiting_until = now() + interval '1 day', ended_at = null`
  await sql`update deliveries set state = 'waiting', next_try_at = now() + interval '1 day', ended_at = null`
}
