import { receiverAddress } from '../receivers/receiver-address.ts'
import { type LinkedReceiver, type LinkPurpose, signReceiverLink } from '../receivers/receiver-link.ts'
import type { ResultsContext } from '../results/results-context.ts'

/** Where the owner of an address agrees to get results. */
export const confirmUrlOf = (ctx: ResultsContext, linked: LinkedReceiver & { askId: string }): Promise<string> =>
  urlOf(ctx, 'confirm', linked)

/** Where the owner of an address ends the emails of an account. */
export const withdrawUrlOf = (
  ctx: ResultsContext,
  { accountId, address }: { accountId: string; address: string },
): Promise<string> => urlOf(ctx, 'withdraw', { accountId, address: receiverAddress(address) })

const urlOf = async (ctx: ResultsContext, purpose: LinkPurpose, linked: LinkedReceiver) =>
  `${ctx.results.publicUrl()}/receivers/${purpose}/${await signReceiverLink(ctx, purpose, linked)}`
