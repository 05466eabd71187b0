import { mayActOn } from '../access/authorize.ts'
import type { Caller, ServiceCaller } from '../access/caller.ts'
import type { Actor } from '../audit/record.ts'
import { StandinError } from '../standin-error.ts'
import type { Creator } from './schedule-table.ts'

/** What is remembered of whoever made a schedule. */
export const creatorOf = (caller: Caller): Creator =>
  caller.kind === 'user'
    ? { kind: 'user', id: caller.id, name: caller.name, ...(caller.scopes && { scopes: caller.scopes }) }
    : { kind: 'service', service: caller.service, keyId: caller.keyId }

/** A schedule as the audit names it: it works in the name of whoever made it. */
export const actorFor = ({ id, createdBy }: { id: string; createdBy: Creator }): Actor => ({
  ...{ kind: 'schedule', id },
  name: createdBy.kind === 'user' ? createdBy.name : createdBy.service,
})

/**
 * Whoever made a schedule, as a caller with the rights that they have now. Of a user no more is known than when they
 * made it: their tokens come with them alone.
 * @throws StandinError `UNAUTHENTICATED` where the key is no longer good, `ACCOUNT_FORBIDDEN` without the grant
 */
export async function callerOf(
  creator: Creator,
  accountId: string,
  { findServiceByKeyId }: { findServiceByKeyId: (keyId: string) => Promise<ServiceCaller | undefined> },
): Promise<Caller> {
  if (creator.kind === 'user') {
    const { kind, id, name, scopes } = creator
    return { ...{ kind, id, name, accountId, scopes }, expiresAt: new Date(0) }
  }
  const service = await findServiceByKeyId(creator.keyId)
  if (!service) throw new StandinError('UNAUTHENTICATED')
  if (!mayActOn(service, accountId)) throw new StandinError('ACCOUNT_FORBIDDEN')
  return service
}
