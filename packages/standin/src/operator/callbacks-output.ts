import type { CallbackArrival } from '../callbacks/arrival-store.ts'
import type { HeldCallback } from '../callbacks/held/held-callback-store.ts'
import type { RejectionSample } from '../callbacks/rejected/rejection-store.ts'
import { type Named, nameColumn } from './account-names.ts'
import type { Columns } from './print-table.ts'
import { printable } from './terminal.ts'

/** Without the sealed content. */
export const describeHeld = ({ id, state, reason, accountId, address, receivedAt }: HeldCallback) => ({
  id,
  state,
  reason,
  accountId,
  address: printable(address, 100),
  receivedAt: receivedAt.toISOString(),
})

export const heldColumns: Columns<Named<ReturnType<typeof describeHeld>>> = {
  ID: ({ id }) => id,
  RECEIVED: ({ receivedAt }) => receivedAt,
  STATE: ({ state }) => state,
  REASON: ({ reason }) => reason,
  ACCOUNT: ({ accountId }) => accountId,
  ...nameColumn,
}

const printableOrNull = (text: string | undefined) => (text === undefined ? null : printable(text, 100))

export const describeSample = ({ at, reason, details }: RejectionSample) => ({
  at: at.toISOString(),
  reason,
  address: printable(details.address, 100),
  mediaType: printableOrNull(details.mediaType),
  bodyBytes: details.bodyBytes ?? null,
  algorithm: printableOrNull(details.algorithm),
  keyId: printableOrNull(details.keyId),
  claimNames: details.claimNames?.map((name) => printable(name, 100)) ?? null,
})

export const sampleLine = (sample: ReturnType<typeof describeSample>) =>
  [
    `  ${sample.at}  ${sample.reason}  from ${sample.address}`,
    sample.mediaType ?? 'no media type',
    sample.bodyBytes === null ? 'body not read' : `${sample.bodyBytes} bytes`,
    sample.algorithm === null
      ? 'no JWT'
      : `JWT ${sample.algorithm}, key ${sample.keyId ?? '-'}, claims ${sample.claimNames?.join(' ') ?? '-'}`,
  ].join('  ')

export const describeArrival = ({ at, type, accountName, ...arrival }: Named<CallbackArrival>) => ({
  at: at.toISOString(),
  ...arrival,
  accountName: accountName && printable(accountName, 80),
  type: type === null ? null : printable(type, 64),
})

export const arrivalLine = ({
  at,
  outcome,
  reason,
  type,
  accountId,
  accountName,
  heldId,
}: ReturnType<typeof describeArrival>) =>
  [at, outcome, reason, type, accountId, accountName, heldId && `callbacks release ${heldId}`]
    .filter(Boolean)
    .join('  ')
