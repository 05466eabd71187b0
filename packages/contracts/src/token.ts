import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { momentSchema } from './moment.ts'
import { scopeSchema } from './standin-app.ts'

export const issueTokenInputSchema = z.strictObject({
  accountId: accountIdSchema,
  /** Without it: what the service was granted and the account granted. */
  scopes: z.array(scopeSchema).min(1).max(64).optional(),
  /** base64url of the SHA-256 of a token that an API refused: the answer is a newer one. */
  rejectedFingerprint: z
    .string()
    .regex(/^[\w-]{43}$/, 'base64url of a SHA-256, without padding')
    .optional(),
})

export const issuedTokenSchema = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresAt: momentSchema,
  /** From the moment of the answer; count with a monotonic clock, not with `expiresAt` and a wall clock that may be wrong. */
  expiresInMs: z.int(),
  /** How long this answer may be re-used without asking again; never longer than the token's safe life. */
  cacheForMs: z.int(),
  scopes: z.array(z.string()),
})

/** What is asked for: a token of an account, with these scopes, newer than one that was refused. */
export type IssueTokenInput = z.infer<typeof issueTokenInputSchema>
/** An access token, valid for `expiresInMs` from the answer on; ask again after `cacheForMs`. */
export type IssuedToken = z.infer<typeof issuedTokenSchema>
