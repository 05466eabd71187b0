import type { CredentialState, ErrorReason, InstallationState } from '@standin/contracts'
import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { readAccountCounts } from './account-count-store.ts'
import { credentials, installations } from './account-table.ts'
import { reasonOfStop } from './credentials-in-force.ts'

/** An account in a list. */
export interface ListedAccount {
  accountId: string
  /** What the operator calls it. */
  name: string | null
  state: InstallationState
  since: Date | null
  reason: ErrorReason | null
  generation: number | null
  /** The newest credentials that wait for a decision: to be approved or refused, or to be released from quarantine. */
  waiting: { state: CredentialState; generation: number } | null
  /** Whether something unproven says that the account uninstalled the app. */
  isUninstallSignalled: boolean
}

interface AccountListing {
  /** Accounts in this state, and those with newer credentials in it. */
  state?: InstallationState | undefined
  /** The beginning of an account's id, or a part of its name or of one of its client ids. */
  search?: string | undefined
  after?: string | undefined
  limit: number
}

/** Each account with its state: that of the credentials in force, else of the newest; see `currentCredentials`. */
const described = (where: SQL) => sql`
  select installation.account_id, installation.name, current.generation, current.reason, waiting.state as waiting_state,
    waiting.generation as waiting_generation,
    installation.uninstall_signalled_at > now() - interval '1 day' as is_signalled,
    case when current.state <> 'uninstalled' and current.issued_at <= installation.suspended_up_to then 'suspended'
      when current.state <> 'uninstalled' and installation.paused_at is not null then 'paused'
      else coalesce(current.state,
        case when installation.suspended_up_to is null and installation.uninstalled_at is null then 'none' else 'uninstalled' end)
    end as state,
    case when current.state <> 'uninstalled' and current.issued_at <= installation.suspended_up_to
      then coalesce(installation.suspended_at, installation.suspended_up_to)
      when current.state <> 'uninstalled' and installation.paused_at is not null then installation.paused_at
      else coalesce(current.since, installation.suspended_up_to, installation.uninstalled_at) end as since
  from ${installations} installation
  left join lateral (
    select * from ${credentials} each where each.account_id = installation.account_id
    order by each.state in ('active', 'parked') desc, each.state <> 'superseded' desc, each.generation desc limit 1
  ) current on true
  left join lateral (
    select * from ${credentials} each where each.account_id = installation.account_id
      and each.state in ('awaiting-approval', 'quarantined') order by each.generation desc limit 1
  ) waiting on true
  where ${where}`

/** Accounts that may be in a state, or have newer credentials in it: all that are, and few others, found by an index. */
function mayBe(state: InstallationState): SQL {
  const by = (table: SQL, condition: SQL) => sql`select account_id from ${table} where ${condition}`
  const byCredentials = by(sql`${credentials}`, sql`state = ${sql.raw(`'${state}'`)}`)
  switch (state) {
    case 'active':
      return by(sql`${credentials}`, sql`state in ('active', 'parked')`)
    case 'pending':
      return sql`${byCredentials} union ${by(sql`${credentials}`, sql`is_unconfirmed`)}`
    case 'suspended':
      return by(sql`${installations}`, sql`suspended_up_to is not null`)
    case 'paused':
      return by(sql`${installations}`, sql`paused_at is not null`)
    case 'uninstalled':
      return sql`${byCredentials} union ${by(sql`${installations}`, sql`suspended_up_to is not null or uninstalled_at is not null`)}`
    case 'none':
      return by(sql`${installations}`, sql`active_generation is null and uninstalled_at is null`)
    default:
      return byCredentials
  }
}

/** The ids of accounts that may be in a state, in order; the caller decides which are. */
export async function listMayBe(
  db: Database,
  { state, after, limit }: { state: InstallationState; after: string | undefined; limit: number },
): Promise<string[]> {
  const rows = await db.execute<{ account_id: string }>(sql`
    select distinct account_id from (${mayBe(state)}) each
    ${after === undefined ? sql`` : sql`where account_id > ${after}::uuid`} order by account_id limit ${limit}`)
  return rows.map(({ account_id }) => account_id)
}

/** Accounts in the order of their ids. */
export async function listAccountsForOperator(
  db: Database,
  { state, search = '', after, limit }: AccountListing,
): Promise<ListedAccount[]> {
  const isAfter = sql`(${after ?? null}::text is null or installation.account_id > ${after ?? null}::text::uuid)`
  const isOfState = state === undefined ? sql`true` : sql`installation.account_id in (${mayBe(state)})`
  const rows = await db.execute<{
    account_id: string
    name: string | null
    state: InstallationState
    since: string | null
    reason: ErrorReason | null
    generation: number | null
    waiting_state: CredentialState | null
    waiting_generation: number | null
    is_signalled: boolean | null
  }>(sql`
    select * from (${described(sql`${isFound(search)} and ${isAfter} and ${isOfState}`)}) account
    where ${state ?? null}::text is null or state = ${state ?? null} or waiting_state = ${state ?? null}
    order by account_id limit ${limit}`)
  return rows.map(({ account_id: accountId, name, state, since, reason, generation, ...row }) => ({
    accountId,
    name,
    state,
    generation,
    reason: state === 'suspended' || state === 'paused' ? reasonOfStop[state] : reason,
    since: since === null ? null : new Date(since),
    waiting:
      row.waiting_state === null || row.waiting_generation === null
        ? null
        : { state: row.waiting_state, generation: row.waiting_generation },
    isUninstallSignalled: row.is_signalled ?? false,
  }))
}

const isFound = (search: string) => sql`(${search} = '' or starts_with(installation.account_id::text, lower(${search}))
  or position(${search.normalize('NFC').toLowerCase()} in installation.name_in_lower_case) > 0 or exists (
    select from ${credentials} each where each.account_id = installation.account_id and position(${search} in each.client_id) > 0))`

/** The ids of accounts that a search finds, in their order. */
export async function searchAccounts(
  db: Database,
  { search, after, limit }: { search: string; after: string | undefined; limit: number },
): Promise<string[]> {
  const rows = await db.execute<{ account_id: string }>(sql`
    select account_id from ${installations} installation
    where ${isFound(search)} and (${after ?? null}::text is null or account_id > ${after ?? null}::text::uuid)
    order by account_id limit ${limit}`)
  return rows.map(({ account_id }) => account_id)
}

/**
 * How many accounts there are in each state; states without one are left out.
 * @param exactTo so many accounts are counted: 10,000 take 0.2 s. Of more, the numbers are those of the metrics, up to five minutes
 * old and by the states of all their credentials
 */
export async function countAccountsByState(
  db: Database,
  { exactTo = 10_000 } = {},
): Promise<Partial<Record<InstallationState, number>>> {
  const [last] = await db.execute(sql`select 1 from ${installations} order by account_id limit 1 offset ${exactTo}`)
  if (last)
    return Object.fromEntries(Object.entries(await readAccountCounts(db)).filter(([, accounts]) => accounts > 0))
  const rows = await db.execute<{ state: InstallationState; count: number }>(
    sql`select state, count(*)::int as count from (${described(sql`true`)}) account group by state order by state`,
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

/** How many accounts have credentials that wait for a decision, by their state. */
export async function countWaitingForDecision(db: Database): Promise<{ approval: number; quarantined: number }> {
  const [row] = await db.execute<{ approval: number; quarantined: number }>(sql`
    select count(distinct account_id) filter (where state = 'awaiting-approval')::int as approval,
      count(distinct account_id) filter (where state = 'quarantined')::int as quarantined
    from ${credentials} where state in ('awaiting-approval', 'quarantined')`)
  return row ?? { approval: 0, quarantined: 0 }
}
