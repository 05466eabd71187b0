import { and, asc, desc, eq, getTableColumns, gte, inArray, isNotNull, lt, not, or, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { isReplicaAlive } from '../database/replica-store.ts'
import type { CredentialRow } from './account-store.ts'
import { credentials } from './account-table.ts'

interface Claim {
  limit: number
  /** How long other replicas skip the claimed rows. */
  holdMs: number
  replicaId?: number | undefined
}

/** Unbound credentials whose JWT had brought this many callbacks before them are bulk installs. */
const bulkRank = 20
export const isBulkInstall = ({ rank }: { rank: number }): boolean => rank >= bulkRank

/**
 * Claims credentials whose attempt is due. If the replica dies they are due at once if it gave its id, otherwise after
 * `holdMs`. Bound ones come first, then those never tried, then those whose JWT brought the fewest others, so that many
 * JWTs with a few accounts each cannot delay the rest. Bulk installs get a quarter of the places while others are due, so
 * that they neither delay them nor wait forever.
 */
export async function claimDueCredentials(db: Database, claim: Claim): Promise<CredentialRow[]> {
  const keptForBulk = Math.floor(claim.limit / 4)
  const first = await claimDue(db, { ...claim, isBulk: false, limit: claim.limit - keptForBulk })
  const bulk = await claimDue(db, { ...claim, isBulk: true, limit: claim.limit - first.length })
  const left = claim.limit - first.length - bulk.length
  const isMore = first.length === claim.limit - keptForBulk && left > 0
  return [...first, ...bulk, ...(isMore ? await claimDue(db, { ...claim, isBulk: false, limit: left }) : [])]
}

/** 0 while credentials can be claimed. */
export const credentialsDue = sql`
  select 0 where exists (
      select from ${credentials} where next_attempt_at <= now() and state in ('pending', 'active', 'parked'))
    or exists (select from ${credentials} where claimed_by is not null and not ${isReplicaAlive(sql`claimed_by`)})`

/** How long the credentials that wait longest have been due; 0 while none are. For the metrics. */
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
  { isBulk, limit, holdMs, replicaId }: Claim & { isBulk: boolean },
): Promise<CredentialRow[]> {
  // A WITH: under some plans a subquery in WHERE runs once for each row, and more is claimed than its limit.
  const due = db.$with('due').as(
    db
      .select({
        accountId: sql<string>`${credentials.accountId}`.as('due_account_id'),
        generation: sql<number>`${credentials.generation}`.as('due_generation'),
      })
      .from(credentials)
      .where(
        and(
          (isBulk ? gte : lt)(credentials.rank, bulkRank),
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
      // Only answers of Trackunit count: an attempt of a replica that died does not.
      attempts: sql`${credentials.attempts} + case when ${credentials.claimedBy} is null then 1 else 0 end`,
      claimedBy: replicaId ?? null,
    })
    .from(due)
    .where(and(eq(credentials.accountId, due.accountId), eq(credentials.generation, due.generation)))
    .returning(getTableColumns(credentials))
}
