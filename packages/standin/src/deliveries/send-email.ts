import { createTransport } from 'nodemailer'
import type { Secret } from '../config/secret.ts'
import type { Outcome } from './delivery-outcome.ts'

export interface Email {
  /** The same for each try: a mail server that has it already knows it by that. */
  id: string
  to: string
  subject: string
  text: string
  html: string
  attachment?: { name: string; mediaType: string; content: Buffer } | undefined
}

export type SendEmail = (email: Email) => Promise<Outcome>

const timeoutMs = 20_000

/** @param server `smtp://user:password@host:port` or `smtps://…`; nodemailer's options may follow as a query */
export function createSendEmail({ server, from }: { server: Secret; from: string }): SendEmail {
  const url = new URL(server.reveal())
  for (const name of ['connectionTimeout', 'greetingTimeout', 'socketTimeout'])
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(timeoutMs))
  const transport = createTransport(url.href, { from, disableFileAccess: true, disableUrlAccess: true })
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'standin.invalid'

  return async ({ id, to, subject, text, html, attachment }) => {
    try {
      await transport.sendMail({
        to: { address: to, name: '' },
        messageId: `<${id.replaceAll('/', '.')}@${domain}>`,
        subject,
        text,
        html,
        // No answer from those who are away.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        attachments: attachment
          ? [{ filename: attachment.name, contentType: attachment.mediaType, content: attachment.content }]
          : [],
      })
      return { kind: 'delivered' }
    } catch (error) {
      return understand(error)
    }
  }
}

/** Of a mail server's answer only its number: its text repeats addresses, and may say more. @see RFC 5321 §4.2.1 */
function understand(error: unknown): Outcome {
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : undefined
  if (status === undefined) return { kind: 'failed', because: 'The mail server did not answer.' }
  const because = `The mail server answered ${status}.`
  const isAboutUs = status === 530 || status === 535 // A password that the operator will mend.
  return status >= 500 && !isAboutUs ? { kind: 'refused', because } : { kind: 'failed', because }
}
