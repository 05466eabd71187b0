import { z } from 'zod'
import { commaSeparated } from './comma-separated.ts'

/** One key of a ring: the first of the ring writes, all read. */
export interface NamedKey {
  kid: string
  bytes: Uint8Array
}
export type KeyRing = readonly [NamedKey, ...NamedKey[]]

/** `kid:base64url of 32 bytes`, comma-separated. */
export const keyRingSchema = commaSeparated.pipe(
  z
    .array(z.string().regex(/^[\w.-]{1,64}:[\w-]{43}$/, 'each key has the form kid:base64url of 32 bytes'))
    .nonempty()
    .transform((keys): KeyRing => {
      const named = keys.map((key): NamedKey => {
        const colon = key.indexOf(':')
        return { kid: key.slice(0, colon), bytes: Buffer.from(key.slice(colon + 1), 'base64url') }
      })
      return named as unknown as KeyRing // Not empty: the array before it is not.
    })
    .refine((ring) => new Set(ring.map(({ kid }) => kid)).size === ring.length, 'two keys have the same kid'),
)
