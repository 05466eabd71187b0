import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether a request was meant for this server. A website elsewhere can point a host name of its own at this address (DNS
 * rebinding), but its requests then have that host name: not an IP address, `localhost` or the host of the setting.
 */
export function isMeantForUs(host: string | undefined, configured: string): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  const name = hostname.replace(/^\[|\]$/g, '')
  return isIP(name) !== 0 || name === 'localhost' || name === configured.toLowerCase()
}

/** Whether a form was sent by a page of this console, and not by another site. */
export const isSentByUs = ({ headers: { origin, host } }: Pick<IncomingMessage, 'headers'>): boolean =>
  origin !== undefined && (origin === `http://${host}` || origin === `https://${host}`)

const cookieName = 'standin_console'

export function cookieIn({ headers: { cookie = '' } }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([name]) => name === cookieName)?.[1]
}

/** Not readable by scripts, not sent by other sites. The private port has no TLS of its own, so it is not `Secure`. */
export const cookieToSet = (value: string, maxAgeS: number): string =>
  `${cookieName}=${value}; Path=/console; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}`

const mostBytes = 200_000

/** The fields of a form. @returns undefined if the body is too large, or is not a form */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > mostBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
