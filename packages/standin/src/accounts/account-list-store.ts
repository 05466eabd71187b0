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
  /** The beginning of an account's id or of one of its client ids, or a part of its name. */
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

/**
 * Whether an account may be in a state, or has newer credentials in it: all that are, and few others. The state stands in the
 * text, so that PostgreSQL knows how many there are.
 */
function mayBe(state: InstallationState): SQL {
  const byCredentials = sql`select account_id from ${credentials} where state = ${sql.raw(`'${state}'`)}`
  switch (state) {
    case 'pending':
      return isIn(sql`${byCredentials} union select account_id from ${credentials} where is_unconfirmed`)
    case 'suspended':
      return sql`installation.suspended_up_to is not null`
    case 'paused':
      return sql`installation.paused_at is not null`
    case 'uninstalled':
      return isIn(sql`${byCredentials} union select account_id from ${installations} ended
        where (suspended_up_to is not null or uninstalled_at is not null)
          and not exists (select from ${credentials} each where each.account_id = ended.account_id)`)
    case 'none':
      return sql`installation.active_generation is null and installation.uninstalled_at is null
        and not exists (select from ${credentials} each where each.account_id = installation.account_id)`
    default:
      return isIn(byCredentials)
  }
}

const isIn = (accounts: SQL) => sql`installation.account_id in (${accounts})`

/** Accounts in the order of their ids. */
export async function listAccountsForOperator(
  db: Database,
  { state, search = '', after, limit }: AccountListing,
): Promise<ListedAccount[]> {
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
    select * from (${described(isListed({ state, search, after }))}) account
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

const noAccount = '00000000-0000-0000-0000-000000000000'

/** Without a cursor: after the lowest id, so that PostgreSQL reads from the cursor on in every plan. */
const isListed = ({ state, search = '', after = noAccount }: Omit<AccountListing, 'limit'>) => {
  const isFound = search === '' ? [] : [isIn(foundBy(search))]
  const isOfState = state === undefined ? [] : [mayBe(state)]
  return sql.join([sql`installation.account_id > ${after}::text::uuid`, ...isOfState, ...isFound], sql` and `)
}

/** Accounts whose id or client id begins so, or whose name has it. */
const foundBy = (search: string) => {
  const ids = idsThatBegin(search.toLowerCase())
  const byId = sql`select account_id from ${installations} where account_id between ${ids?.[0]}::text::uuid and ${ids?.[1]}::text::uuid`
  return sql`${ids ? sql`${byId} union` : sql``}
    select account_id from ${installations}
    where name_in_lower_case is not null and position(${search.normalize('NFC').toLowerCase()} in name_in_lower_case) > 0
    union select account_id from ${credentials} where client_id ~>=~ ${search} and client_id ~<~ (${search} || chr(1114111))`
}

/** The lowest and the highest id that begin so; undefined if none does. */
function idsThatBegin(text: string): [string, string] | undefined {
  const [low, high] = [noAccount, noAccount.replaceAll('0', 'f')].map((id) => text + id.slice(text.length))
  const isId = (id: string | undefined) => id !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  return low && high && isId(low) && isId(high) ? [low, high] : undefined
}

/** The ids of accounts that a search finds and that may be in a state, in their order; the caller decides which are. */
export async function listMayBe(db: Database, { limit, ...listing }: AccountListing): Promise<string[]> {
  const rows = await db.execute<{ account_id: string }>(sql`
    select account_id from ${installations} installation where ${isListed(listing)} order by account_id limit ${limit}`)
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
