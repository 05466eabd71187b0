import type { Receivers, TrustedKind } from '@standin/contracts'
import type { Caller } from '../access/caller.ts'
import { requireInstalled } from '../accounts/hold-installed.ts'
import { record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { nextQuestionAt } from './next-question.ts'
import { mailboxOf, receiverAddress } from './receiver-address.ts'
import { type Standing, standingOf } from './receiver-standing.ts'
import {
  findReceivers,
  listReceivers,
  listTrusted,
  putReceiver,
  type ReceiverRow,
  toTrustedDomain,
} from './receiver-store.ts'

type Reading = Pick<Context, 'db' | 'config'>

/** The domains that an account's results may go to: those of `DELIVERY_DOMAINS` and those of its own list. */
export async function domainsOf({ db, config }: Reading, accountId: string): Promise<Record<TrustedKind, string[]>> {
  const own = await listTrusted(db, accountId)
  const ofKind = (kind: TrustedKind) => own.flatMap((each) => (each.kind === kind ? each.domain : []))
  const everywhere = config.delivery.domains
  return { email: [...everywhere, ...ofKind('email')], webhook: [...everywhere, ...ofKind('webhook')] }
}

/** Whether some email addresses may get an account's results, in their order. */
export async function standingsOf(ctx: Reading, accountId: string, addresses: readonly string[]): Promise<Standing[]> {
  const known = addresses.map(receiverAddress)
  const [domains, rows] = await Promise.all([domainsOf(ctx, accountId), findReceivers(ctx.db, accountId, known)])
  const states = new Map(rows.map(({ address, state }) => [address, state]))
  return known.map((address) => standingOf(address, { state: states.get(address), domains: domains.email }))
}

/** Whether an address is the caller's own, as their token names it. */
export const isOwn = (caller: Caller, address: string): boolean =>
  caller.kind === 'user' && caller.email !== undefined && receiverAddress(caller.email) === receiverAddress(address)

/** The caller's own address is confirmed by their token, even after they withdrew it. */
export async function confirmOwn(ctx: Context, caller: Caller, accountId: string): Promise<void> {
  if (caller.kind !== 'user' || caller.email === undefined) return
  const address = receiverAddress(caller.email)
  const [row] = await findReceivers(ctx.db, accountId, [address])
  if (row?.state === 'confirmed') return
  await inTransaction(ctx, async (tx) => {
    await requireInstalled(tx, accountId)
    const confirmed = { state: 'confirmed', askId: null, asks: 0, answeredAt: tx.clock.now() } as const
    await putReceiver(tx.db, { accountId, address, mailbox: mailboxOf(address), ...confirmed })
    const actor = { kind: 'user', id: caller.id, name: caller.name } as const
    await record(tx, { actor, event: 'receiver.confirmed', accountId, details: { to: address } })
  })
}

/** Everything about who may get an account's results. */
export async function describeReceivers(
  { db, config }: Reading,
  { accountId, caller, administers }: { accountId: string; caller: Caller; administers: boolean },
): Promise<Receivers> {
  const [domains, rows] = await Promise.all([listTrusted(db, accountId), listReceivers(db, accountId)])
  return {
    own: caller.kind === 'user' ? (caller.email ?? null) : null,
    domains: domains.map(toTrustedDomain),
    everywhere: [...config.delivery.domains],
    addresses: rows.map((row) =>
      toReceiver(
        row,
        rows.filter(({ mailbox }) => mailbox === row.mailbox),
      ),
    ),
    mayChange: administers,
  }
}

/** @param ofMailbox the rows of its mailbox, itself included */
export const toReceiver = (row: ReceiverRow, ofMailbox: readonly ReceiverRow[]): Receivers['addresses'][number] => ({
  address: row.address,
  state: row.state,
  askedAt: row.askedAt?.toISOString() ?? null,
  answeredAt: row.answeredAt?.toISOString() ?? null,
  askAgainAt: row.state === 'confirmed' ? null : nextQuestionAt(ofMailbox).toISOString(),
})
