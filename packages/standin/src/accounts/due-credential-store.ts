import { and, asc, eq, inArray, isNotNull, not, or, sql } from 'drizzle-orm'
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

/**
 * Claims credentials whose attempt is due. If the replica dies they are due at once if it gave its id, otherwise after
 * `holdMs`. Fair in two ways: `ofMany` ones get a quarter of the places while others are due, so that a crowd neither
 * delays the rest nor waits for good; and those never tried come first, so that many JWTs with few accounts each cannot
 * delay the rest either.
 */
export async function claimDueCredentials(db: Database, claim: Claim): Promise<CredentialRow[]> {
  const keptForMany = Math.floor(claim.limit / 4)
  const ofFew = { ...claim, limit: claim.limit - keptForMany }
  const few = await claimOfFew(db, ofFew)
  const many = await claimDue(db, { ...claim, ofMany: true, limit: claim.limit - few.length })
  const left = claim.limit - few.length - many.length
  const rest = few.length === ofFew.limit && left > 0 ? await claimOfFew(db, { ...claim, limit: left }) : []
  return [...few, ...many, ...rest]
}

async function claimOfFew(db: Database, claim: Claim): Promise<CredentialRow[]> {
  const untried = await claimDue(db, { ...claim, ofMany: false, untried: true })
  const left = claim.limit - untried.length
  return left > 0 ? [...untried, ...(await claimDue(db, { ...claim, ofMany: false, limit: left }))] : untried
}

const isLeftBehind = and(isNotNull(credentials.claimedBy), not(isReplicaAlive(credentials.claimedBy)))

async function claimDue(
  db: Database,
  { ofMany, untried = false, limit, holdMs, replicaId }: Claim & { ofMany: boolean; untried?: boolean },
): Promise<CredentialRow[]> {
  const due = db
    .select({ accountId: credentials.accountId, generation: credentials.generation })
    .from(credentials)
    .where(
      and(
        eq(credentials.ofMany, ofMany),
        untried ? eq(credentials.attempts, 0) : undefined,
        or(sql`${credentials.nextAttemptAt} <= now()`, isLeftBehind),
        inArray(credentials.state, ['pending', 'active', 'parked']),
      ),
    )
    .orderBy(asc(credentials.nextAttemptAt))
    .limit(limit)
    .for('update', { skipLocked: true })
  return db
    .update(credentials)
    .set({
      nextAttemptAt: sql`now() + ${holdMs} * interval '1 millisecond'`,
      // Only what Trackunit answered counts: an attempt of a replica that died is none.
      attempts: sql`${credentials.attempts} + case when ${credentials.claimedBy} is null then 1 else 0 end`,
      claimedBy: replicaId ?? null,
    })
    .where(sql`(${credentials.accountId}, ${credentials.generation}) in (${due})`)
    .returning()
}
