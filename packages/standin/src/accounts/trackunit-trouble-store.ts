import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { exchangePauses } from '../trackunit/exchange-pause-table.ts'
import { signInDownSince } from '../trackunit/sign-in-outage-store.ts'
import { installations } from './account-table.ts'

/** Since when Trackunit gives an account no tokens, and until when it limits it, as its last exchanges showed. */
export async function findTrackunitTrouble(
  db: Database,
  accountId: string,
): Promise<{ unavailableSince: Date | null; limitedUntil: Date | null }> {
  const [row] = await db.execute<{ unavailable_since: string | null; limited_until: string | null }>(sql`
    select least(${signInDownSince}, min(p.failing_since) filter (where p.failure in ('unavailable', 'nonsense'))) as unavailable_since,
      max(p.until) filter (where p.failure = 'rate-limited' and p.until > clock_timestamp()) as limited_until
    from ${exchangePauses} p join ${installations} i
      on i.account_id = p.account_id and i.active_generation = p.generation
    where p.account_id = ${accountId}`)
  const asDate = (moment: string | null | undefined) => (moment ? new Date(moment) : null)
  return { unavailableSince: asDate(row?.unavailable_since), limitedUntil: asDate(row?.limited_until) }
}
