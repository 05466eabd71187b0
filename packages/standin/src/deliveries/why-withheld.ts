import { type Destination, isInDomains } from '@standin/contracts'
import type { Context } from '../context.ts'
import { mayReceive } from '../receivers/receiver-standing.ts'
import { domainsOf, standingsOf } from '../receivers/who-may-receive.ts'
import type { Outcome } from './outcome.ts'

/**
 * Checks again before each send: in the meantime the receiver may have withdrawn, or the account may no longer trust the
 * domain.
 * @returns undefined if the result may be sent
 */
export async function whyWithheld(
  ctx: Pick<Context, 'db' | 'config'>,
  accountId: string,
  destination: Destination,
): Promise<Outcome | undefined> {
  const refused = { kind: 'refused', isOurs: 'unconfirmed' } as const
  if (destination.kind === 'webhook') {
    const { webhook } = await domainsOf(ctx, accountId)
    if (isInDomains(new URL(destination.url).hostname, webhook)) return undefined
    return { ...refused, because: 'The account does not trust this host.' }
  }
  const [standing] = await standingsOf(ctx, accountId, [destination.address])
  if (mayReceive(standing)) return undefined
  return standing === 'withdrawn'
    ? { ...refused, because: 'The receiver wants no more emails.', isGone: true }
    : { ...refused, because: 'The address is not confirmed.' }
}
