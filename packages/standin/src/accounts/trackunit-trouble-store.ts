import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { isOfAccounts } from '../database/is-among.ts'
import { exchangePauses } from '../trackunit/exchange-pause-table.ts'
import { signInDownSince } from '../trackunit/sign-in-outage-store.ts'
import { installations } from './account-table.ts'

/** Since when an account gets no tokens from Trackunit, and until when it is rate-limited, as its last exchanges showed. */
export interface TrackunitTrouble {
  unavailableSince: Date | null
  limitedUntil: Date | null
}

export async function findTrackunitTrouble(db: Database, accountId: string): Promise<TrackunitTrouble> {
  const troubleOf = await findTrackunitTroubles(db, [accountId])
  return troubleOf(accountId)
}

/** The same for several accounts, in one statement. */
export async function findTrackunitTroubles(
  db: Database,
  accountIds: readonly string[],
): Promise<(accountId: string) => TrackunitTrouble> {
  const { accountId, generation, failure, failingSince, until } = exchangePauses
  // The last row is about all accounts: since when Trackunit's sign-in is down.
  const rows = await db.execute<{ account_id: string | null; since: string | null; limited_until: string | null }>(sql`
    select ${accountId}, min(${failingSince}) filter (where ${failure} in ('unavailable', 'nonsense')) as since,
      max(${until}) filter (where ${failure} = 'rate-limited' and ${until} > clock_timestamp()) as limited_until
    from ${exchangePauses} join ${installations}
      on ${installations.accountId} = ${accountId} and ${installations.activeGeneration} = ${generation}
    where ${isOfAccounts(accountId, accountIds)} group by ${accountId}
    union all select null, ${signInDownSince}, null`)
  const asDate = (moment: string | null | undefined) => (moment ? new Date(moment) : null)
  const byAccount = new Map(rows.map((row) => [row.account_id, row]))
  const downSince = asDate(byAccount.get(null)?.since)
  return (id) => {
    const row = byAccount.get(id.toLowerCase())
    const failingSince = asDate(row?.since)
    return {
      unavailableSince: downSince && failingSince ? earlier(downSince, failingSince) : (downSince ?? failingSince),
      limitedUntil: asDate(row?.limited_until),
    }
  }
}

const earlier = (left: Date, right: Date) => (left < right ? left : right)
