import { actorOf, type Caller } from '../access/caller.ts'
import { holdInstalled } from '../accounts/hold-installed.ts'
import { type Actor, record } from '../audit/record.ts'
import { type Context, inTransaction } from '../context.ts'
import { mailboxOf, receiverAddress } from './receiver-address.ts'
import type { LinkedReceiver } from './receiver-link.ts'
import { confirmAsked, deleteConfirmed, findReceivers, putReceiver } from './receiver-store.ts'

/** The reader of an email. Only their address is known. */
const actor: Actor = { kind: 'system', id: 'receiver' }

/** @returns false for a link that was used, or that a later question or answer has replaced */
export async function confirmReceiver(ctx: Context, { accountId, address, askId }: LinkedReceiver): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    if (askId === undefined || !(await confirmAsked(tx.db, { accountId, address, askId }, tx.clock.now()))) return false
    await record(tx, { actor, event: 'receiver.confirmed', accountId, details: { to: address } })
    return true
  })
}

/** Whether a link that confirms can still be used. */
export async function isOpenQuestion(ctx: Pick<Context, 'db'>, { accountId, address, askId }: LinkedReceiver) {
  const [row] = await findReceivers(ctx.db, accountId, [address])
  return askId !== undefined && row?.askId === askId
}

/** From now on nothing is sent to the address, whatever the account trusts. */
export async function withdrawReceiver(ctx: Context, { accountId, address }: LinkedReceiver): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    if (!(await holdInstalled(tx, accountId))) return // Nothing is kept or sent.
    const [row] = await findReceivers(tx.db, accountId, [address])
    if (row?.state === 'withdrawn' && row.askId === null) return
    const withdrawn = { state: 'withdrawn', askId: null, answeredAt: tx.clock.now() } as const
    await putReceiver(tx.db, { accountId, address, mailbox: mailboxOf(address), ...withdrawn })
    await record(tx, { actor, event: 'receiver.withdrawn', accountId, details: { to: address } })
  })
}

/** A confirmed address has to confirm again. Does nothing for others: a receiver who withdrew stays withdrawn. */
export async function removeReceiver(
  ctx: Context,
  caller: Caller,
  { accountId, address: written }: { accountId: string; address: string },
): Promise<void> {
  const address = receiverAddress(written)
  await inTransaction(ctx, async (tx) => {
    if (!(await deleteConfirmed(tx.db, { accountId, address }))) return
    await record(tx, { actor: actorOf(caller), event: 'receiver.removed', accountId, details: { to: address } })
  })
}
