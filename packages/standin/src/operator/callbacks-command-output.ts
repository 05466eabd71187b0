import { InvalidArgumentError } from 'commander'
import type { CallbackNews } from '../callbacks/follow-callbacks.ts'
import type { HeldCallback } from '../callbacks/held/held-callback-store.ts'
import type { Rejections } from '../callbacks/rejected/count-rejections.ts'
import { printable } from './command-context.ts'

export const mostListed = 1_000

export function limitNumber(text: string): number {
  return numberUpTo(mostListed)(text)
}

export function numberUpTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (!Number.isInteger(number) || number < 1 || number > most) throw new InvalidArgumentError(`1 to ${most}`)
    return number
  }
}

/** All but what is sealed. */
export const describeHeld = ({ id, state, reason, accountId, address, receivedAt }: HeldCallback) => ({
  ...{ id, state, reason, accountId, address: printable(address, 100), receivedAt: receivedAt.toISOString() },
})

export const heldLine = ({ id, state, reason, accountId, receivedAt }: ReturnType<typeof describeHeld>) =>
  [id, receivedAt, state, reason, accountId ?? 'no account'].join('  ')

export const describeSample = ({ at, reason, details }: Rejections['samples'][number]) => ({
  at: at.toISOString(),
  reason,
  address: printable(details.address, 100),
  mediaType: details.mediaType === undefined ? null : printable(details.mediaType, 100),
  bodyBytes: details.bodyBytes ?? null,
  algorithm: details.algorithm === undefined ? null : printable(details.algorithm, 100),
  keyId: details.keyId === undefined ? null : printable(details.keyId, 100),
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

export const describeNews = ({ at, type, ...news }: CallbackNews) => ({
  ...{ at: at.toISOString(), ...news, type: type === null ? null : printable(type, 64) },
})

export const newsLine = ({ at, outcome, reason, type, accountId, heldId }: ReturnType<typeof describeNews>) =>
  [at, outcome, reason, type, accountId, heldId && `callbacks release ${heldId}`].filter(Boolean).join('  ')
