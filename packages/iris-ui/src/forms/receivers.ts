import type { Destination } from '@standin/client'
import type { Texts } from '../texts/en.ts'

/** The receivers as they are typed. */
export interface ReceiverValues {
  emails: string
  file: 'none' | 'csv' | 'xlsx'
  webhooks: string
}

export const noReceivers: ReceiverValues = { emails: '', file: 'none', webhooks: '' }
const MOST = 10

const split = (text: string) =>
  text
    .split(/[\s,;]+/)
    .map((part) => part.trim())
    .filter(Boolean)

export function receiversOf(deliverTo: readonly Destination[]): ReceiverValues {
  const mails = deliverTo.flatMap((to) => (to.kind === 'email' ? [to] : []))
  const hooks = deliverTo.flatMap((to) => (to.kind === 'webhook' ? [to.url] : []))
  return {
    emails: mails.map(({ address }) => address).join(', '),
    file: mails[0]?.file ?? 'none',
    webhooks: hooks.join(', '),
  }
}

export function destinationsOf({ emails, file, webhooks }: ReceiverValues): Destination[] {
  const mails = [...new Set(split(emails))].map((address): Destination => ({ kind: 'email', address, file }))
  const hooks = [...new Set(split(webhooks))].map((url): Destination => ({ kind: 'webhook', url }))
  return [...mails, ...hooks]
}

/** The server checks it again; this only says it while there is still time. */
export function receiverProblems(
  values: ReceiverValues,
  { form: { invalid } }: Texts,
): { emails?: string; webhooks?: string } {
  const problems: { emails?: string; webhooks?: string } = {}
  const wrong = split(values.emails).find((address) => !/^[^\s@<>"]+@[^\s@<>".]+(\.[^\s@<>".]+)+$/.test(address))
  if (wrong) problems.emails = /@[^.]+$/.test(wrong) ? invalid.emailEnding(wrong) : invalid.email(wrong)
  if (split(values.webhooks).some((url) => !isWebAddress(url))) problems.webhooks = invalid.url
  if (destinationsOf(values).length > MOST) problems.emails ??= invalid.tooMany
  return problems
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' && hostname.includes('.')
}
