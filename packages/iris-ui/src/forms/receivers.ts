import type { ChangedDestination, Destination, ShownDestination } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/** The receivers as typed. */
export interface ReceiverValues {
  emails: string
  file: 'none' | 'csv' | 'xlsx'
  /** Web addresses to add. */
  webhooks: string
  /** The webhooks that a schedule already has. Only their hosts are shown. */
  kept: KeptWebhook[]
}
export type KeptWebhook = Extract<ShownDestination, { kind: 'webhook' }>

export const noReceivers: ReceiverValues = { emails: '', file: 'none', webhooks: '', kept: [] }
const MOST = 10

const split = (text: string) =>
  text
    .split(/[\s,;]+/)
    .map((part) => part.trim())
    .filter(Boolean)

export function receiversOf(deliverTo: readonly ShownDestination[]): ReceiverValues {
  const mails = deliverTo.flatMap((to) => (to.kind === 'email' ? [to] : []))
  return {
    emails: mails.map(({ address }) => address).join(', '),
    file: mails[0]?.file ?? 'none',
    webhooks: '',
    kept: deliverTo.filter((to) => to.kind === 'webhook'),
  }
}

export function destinationsOf({ emails, file, webhooks }: ReceiverValues): Destination[] {
  const mails = [...new Set(split(emails))].map((address): Destination => ({ kind: 'email', address, file }))
  const hooks = [...new Set(split(webhooks))].map((url): Destination => ({ kind: 'webhook', url }))
  return [...mails, ...hooks]
}

/** For a schedule that is being changed: also those that it keeps. */
export const changedDestinationsOf = (values: ReceiverValues): ChangedDestination[] => [
  ...destinationsOf(values),
  ...values.kept.map(({ id }): ChangedDestination => ({ kind: 'webhook', id })),
]

/** The server checks it again; this only reports it earlier. */
export function receiverProblems(
  values: ReceiverValues,
  { form: { invalid } }: Texts,
): { emails?: string; webhooks?: string } {
  const problems: { emails?: string; webhooks?: string } = {}
  const wrong = split(values.emails).find((address) => !/^[^\s@<>"]+@[^\s@<>".]+(\.[^\s@<>".]+)+$/.test(address))
  if (wrong) problems.emails = /@[^.]+$/.test(wrong) ? invalid.emailEnding(wrong) : invalid.email(wrong)
  if (split(values.webhooks).some((url) => !isWebAddress(url))) problems.webhooks = invalid.url
  if (changedDestinationsOf(values).length > MOST) problems.emails ??= invalid.tooMany
  return problems
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' && hostname.includes('.')
}
