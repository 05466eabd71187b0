import { randomUUID } from 'node:crypto'
import { mkdir, open, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Secret } from '../../config/secret.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/**
 * Whether tokens that are handed out in an outage of the database could be recorded: writes a file to disk, and deletes what it
 * made. As root it may write everywhere, and says whether the server may.
 */
export async function checkSpool(dir: string): Promise<Finding> {
  const path = join(dir, `doctor-${randomUUID()}`)
  let made: string | undefined
  try {
    made = await mkdir(dir, { recursive: true, mode: 0o700 })
    const [folder, above] = await Promise.all([stat(dir), stat(dirname(dir))])
    if (process.getuid?.() === 0 && folder.uid !== above.uid)
      return wrong(
        'spool',
        `${dir} belongs to another user than the folder above it: the server cannot write it, and while the database is down, no token could be handed out. Run: chown --recursive --reference=${dirname(dir)} ${dir}`,
      )
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
  } finally {
    if (made !== undefined) await removeEmpty(dir, made)
  }
}

/** A folder that a command made as root would be closed to the server. Stops at one that is in use by now. */
async function removeEmpty(dir: string, upTo: string): Promise<void> {
  const isGone = await rmdir(dir).then(
    () => true,
    () => false,
  )
  if (isGone && dir !== upTo) await removeEmpty(dirname(dir), upTo)
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
