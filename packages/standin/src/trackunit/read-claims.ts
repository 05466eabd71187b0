import { z } from 'zod'

/** A moment in a JWT, in seconds since 1970, up to the year 9999. @see RFC 7519 §2 (NumericDate) */
export const numericDate = z.number().min(0).max(253_402_300_799)

/** The claims in the payload of a verified JWT; undefined if they are not what the schema asks for. */
export function readClaims<Claims>(payload: Uint8Array, schema: z.ZodType<Claims>): Claims | undefined {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))).data
  } catch {
    return undefined
  }
}
