import { createTransport } from 'nodemailer'
import type { Config } from '../config/config.ts'
import type { Outcome } from './outcome.ts'

export interface Email {
  /** The same at each attempt, so that a mail server can recognise a repetition. */
  id: string
  to: string
  subject: string
  text: string
  html: string
  /** Where its reader can stop such emails. */
  withdrawUrl: string
  attachment?: { name: string; mediaType: string; content: Buffer } | undefined
}

const timeoutMs = 20_000

/**
 * Sends an email through the configured SMTP server, on a connection of its own.
 * @param signal closes the connection
 */
export async function sendEmail(
  { config }: { config: Pick<Config, 'delivery'> },
  { id, to, subject, text, html, withdrawUrl, attachment }: Email,
  { signal }: { signal: AbortSignal },
): Promise<Outcome> {
  const { smtp } = config.delivery
  if (!smtp) return { kind: 'refused', because: 'This server sends no email.', isOurs: true }
  const domain = /@([\w.-]+)>?\s*$/.exec(smtp.from)?.[1] ?? 'standin.invalid'
  try {
    await createTransport(addressOf(smtp), {
      from: smtp.from,
      disableFileAccess: true,
      disableUrlAccess: true,
    }).sendMail({
      signal,
      to: { address: to, name: '' },
      messageId: `<${id.replaceAll('/', '.')}@${domain}>`,
      subject,
      text,
      html,
      headers: {
        // Suppresses automatic replies, such as out-of-office messages.
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        // With one click in the mail program. @see RFC 8058
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      list: { unsubscribe: withdrawUrl },
      attachments: attachment
        ? [{ filename: attachment.name, contentType: attachment.mediaType, content: attachment.content }]
        : [],
    })
    return { kind: 'delivered' }
  } catch (error) {
    return outcomeOf(error)
  }
}

/** `smtp://user:password@host:port` or `smtps://…`; a query may hold further nodemailer options. */
function addressOf({ server }: NonNullable<Config['delivery']['smtp']>): string {
  const url = new URL(server.reveal())
  for (const name of ['connectionTimeout', 'greetingTimeout', 'socketTimeout'])
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(timeoutMs))
  return url.href
}

/** Uses only the number of a mail server's answer: its text repeats addresses. @see RFC 5321 §4.2.1 */
function outcomeOf(error: unknown): Outcome {
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : undefined
  if (status === undefined) return { kind: 'failed', because: 'The mail server did not answer.' }
  const because = `The mail server answered ${status}.`
  const isOurSignIn = status === 530 || status === 535 // The operator will correct the password.
  return status >= 500 && !isOurSignIn ? { kind: 'refused', because } : { kind: 'failed', because }
}
