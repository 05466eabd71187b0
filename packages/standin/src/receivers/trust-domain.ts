import type { TrustedKind } from '@standin/contracts'
import { actorOf, type Caller } from '../access/caller.ts'
import { requireInstalled } from '../accounts/hold-installed.ts'
import { record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { StandinError } from '../standin-error.ts'
import { whyNotToTrust } from './domain-to-trust.ts'
import { deleteTrusted, insertTrusted, listTrusted, lockReceiversOf } from './receiver-store.ts'

interface Trust {
  accountId: string
  kind: TrustedKind
  /** As `domainName` returns it. */
  domain: string
}

const mostDomains = 50

/** The contract lets only administrators do this. @throws StandinError `INPUT_INVALID`, `INSTALLATION_NOT_FOUND` */
export async function trustDomain(ctx: Context, caller: Caller, { accountId, kind, domain }: Trust): Promise<void> {
  const why = whyNotToTrust(kind, domain)
  if (why) throw new StandinError('INPUT_INVALID', { detail: why })
  const { id, ...actor } = actorOf(caller)
  const addedBy = { kind: caller.kind, id, name: actor.name ?? null }
  await inTransaction(ctx, async (tx) => {
    await requireInstalled(tx, accountId)
    await lockReceiversOf(tx.db, accountId)
    const isNew = await insertTrusted(tx.db, { accountId, kind, domain, addedBy, addedAt: tx.clock.now() })
    if (!isNew) return
    const ofKind = (await listTrusted(tx.db, accountId)).filter((each) => each.kind === kind)
    if (ofKind.length > mostDomains)
      throw new StandinError('INPUT_INVALID', {
        detail: `An account may trust at most ${mostDomains} domains. Remove one first.`,
      })
    await record(tx, { actor: actorOf(caller), event: 'domain.trusted', accountId, details: { kind, to: domain } })
  })
}

/** Does nothing if the domain is not trusted. */
export async function distrustDomain(ctx: Context, caller: Caller, trust: Trust): Promise<void> {
  const { accountId, kind, domain } = trust
  await inTransaction(ctx, async (tx) => {
    if (!(await deleteTrusted(tx.db, trust))) return
    await record(tx, { actor: actorOf(caller), event: 'domain.distrusted', accountId, details: { kind, to: domain } })
  })
}
