import { and, asc, desc, eq, getTableColumns, gte, inArray, isNotNull, lt, not, or, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { isReplicaAlive } from '../database/replica-store.ts'
import type { CredentialRow } from './account-store.ts'
import { credentials } from './account-table.ts'

interface Claim {
  limit: number
  /** Other replicas skip what is claimed for this long. */
  holdMs: number
  replicaId?: number | undefined
}

/** Under a JWT that binds them to no account and had brought so many others before, they count as a crowd. */
const crowdRank = 20
export const isOfCrowd = ({ rank }: { rank: number }): boolean => rank >= crowdRank

/**
 * Claims credentials whose attempt is due. If the replica dies they are due at once if it gave its id, otherwise after
 * `holdMs`. Bound ones come first, then those never tried, then those whose JWT brought the fewest others, so that many
 * JWTs with a few accounts each cannot delay the rest. A crowd gets a quarter of the places while others are due, so that
 * it neither delays them nor waits for good.
 */
export async function claimDueCredentials(db: Database, claim: Claim): Promise<CredentialRow[]> {
  const keptForCrowds = Math.floor(claim.limit / 4)
  const first = await claimDue(db, { ...claim, ofCrowd: false, limit: claim.limit - keptForCrowds })
  const crowd = await claimDue(db, { ...claim, ofCrowd: true, limit: claim.limit - first.length })
  const left = claim.limit - first.length - crowd.length
  const isMore = first.length === claim.limit - keptForCrowds && left > 0
  return [...first, ...crowd, ...(isMore ? await claimDue(db, { ...claim, ofCrowd: false, limit: left }) : [])]
}

/** 0 while credentials can be claimed. */
export const credentialsDue = sql`
  select 0 where exists (
      select from ${credentials} where next_attempt_at <= now() and state in ('pending', 'active', 'parked'))
    or exists (select from ${credentials} where claimed_by is not null and not ${isReplicaAlive(sql`claimed_by`)})`

/** How long credentials have been due, of those that wait longest; 0 while none are. For the metrics. */
export async function oldestDueProofS(db: Database): Promise<number> {
  const [row] = await db
    .select({
      seconds: sql<number>`coalesce(extract(epoch from now() - min(${credentials.nextAttemptAt})), 0)::float8`,
    })
    .from(credentials)
    .where(sql`${credentials.nextAttemptAt} <= now() and ${credentials.state} in ('pending', 'active', 'parked')`)
  return row?.seconds ?? 0
}

const isLeftBehind = and(isNotNull(credentials.claimedBy), not(isReplicaAlive(credentials.claimedBy)))

async function claimDue(
  db: Database,
  { ofCrowd, limit, holdMs, replicaId }: Claim & { ofCrowd: boolean },
): Promise<CredentialRow[]> {
  // A WITH, since a subquery in WHERE may run once per row by the plan, and then passes its limit.
  const due = db.$with('due').as(
    db
      .select({
        accountId: sql<string>`${credentials.accountId}`.as('due_account_id'),
        generation: sql<number>`${credentials.generation}`.as('due_generation'),
      })
      .from(credentials)
      .where(
        and(
          (ofCrowd ? gte : lt)(credentials.rank, crowdRank),
          or(sql`${credentials.nextAttemptAt} <= now()`, isLeftBehind),
          inArray(credentials.state, ['pending', 'active', 'parked']),
        ),
      )
      .orderBy(
        desc(credentials.bound),
        sql`${credentials.attempts} > 0`,
        asc(credentials.rank),
        asc(credentials.nextAttemptAt),
      )
      .limit(limit)
      .for('update', { skipLocked: true }),
  )
  return db
    .with(due)
    .update(credentials)
    .set({
      nextAttemptAt: sql`now() + ${holdMs} * interval '1 millisecond'`,
      // Only what Trackunit answered counts: an attempt of a replica that died is none.
      attempts: sql`${credentials.attempts} + case when ${credentials.claimedBy} is null then 1 else 0 end`,
      claimedBy: replicaId ?? null,
    })
    .from(due)
    .where(and(eq(credentials.accountId, due.accountId), eq(credentials.generation, due.generation)))
    .returning(getTableColumns(credentials))
}
