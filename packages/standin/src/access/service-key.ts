import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Secret } from '../config/secret.ts'

/** `sk_standin_<id>_<secret><checksum>`: the id is public; the checksum finds typos without a look-up. */
const form = /^sk_standin_([0-9a-f]{12})_([\w-]{43})([0-9a-z]{7})$/

export interface NewServiceKey {
  id: string
  key: Secret
  digest: string
}

export function createServiceKey(): NewServiceKey {
  const id = randomBytes(6).toString('hex')
  const body = `sk_standin_${id}_${randomBytes(32).toString('base64url')}`
  const key = `${body}${checksum(body)}`
  return { id, key: new Secret(key), digest: digestOf(key) }
}

/** @returns the digest to look a well-formed key up by; undefined for a malformed one */
export function digestOfPresentedKey(key: string): string | undefined {
  const match = form.exec(key)
  if (!match || checksum(key.slice(0, -7)) !== match[3]) return undefined
  return digestOf(key)
}

const digestOf = (key: string) => hash('sha256', key, 'base64url')
const checksum = (body: string) => crc32(body).toString(36).padStart(7, '0')
