import { randomUUID } from 'node:crypto'
import { mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Secret } from '../../config/secret.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/** Whether tokens that are handed out in an outage of the database could be recorded: writes a file to disk and deletes it. */
export async function checkSpool(dir: string): Promise<Finding> {
  const path = join(dir, `doctor-${randomUUID()}`)
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const file = await open(path, 'wx', 0o600)
    try {
      await file.appendFile('a line')
      await file.datasync()
    } finally {
      await file.close()
      await unlink(path)
    }
    return good('spool', `${dir} can be written.`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return wrong(
      'spool',
      `${dir} cannot be written (${code}): while the database is down, no token could be handed out. Make it writable, or set OUTAGE_SERVE_S=0.`,
    )
  }
}

const mailTimeoutMs = 10_000

/** Whether the mail server answers and accepts our sign-in. No email is sent. */
export async function checkMail(
  smtp: { server: Secret } | undefined,
  { mustAnswer }: { mustAnswer: boolean },
): Promise<Finding> {
  if (!smtp) return note('mail', 'SMTP_URL and MAIL_FROM are not set: results can only be delivered as webhooks.')
  const url = new URL(smtp.server.reveal())
  const limits = ['connectionTimeout', 'greetingTimeout', 'socketTimeout', 'dnsTimeout']
  for (const name of limits) url.searchParams.set(name, String(mailTimeoutMs))
  const transport = createTransport(url.href, { disableFileAccess: true, disableUrlAccess: true })
  try {
    await transport.verify()
    return good('mail', `${url.hostname} accepts our sign-in.`)
  } catch (error) {
    const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : undefined
    if (status !== undefined)
      return wrong(
        'mail',
        `${url.hostname} refuses our sign-in with ${status}. Correct the user and password of SMTP_URL.`,
      )
    const said = `${url.hostname} does not answer. Open the network to it, or correct SMTP_URL.`
    return mustAnswer ? wrong('mail', said) : note('mail', said)
  } finally {
    transport.close()
  }
}
