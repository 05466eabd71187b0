import { z } from 'zod'
import { identityChanges } from '../marketplace/identity.ts'

const accountId = z.guid()

export const installBody = z.strictObject({
  accountId,
  irisAppId: z.string().optional(),
  clientId: z.string().min(1).optional(),
  clientSecret: z.string().min(1).optional(),
  grantedScopes: z.array(z.string()).optional(),
  scopesOutsidePlan: z.array(z.string()).optional(),
  clientExists: z.boolean().optional(),
  worksAfterMs: z.number().min(0).optional(),
  sameClient: z.boolean().optional(),
  keepOldClient: z.boolean().optional(),
  deliver: z.boolean().optional(),
  identity: identityChanges.optional(),
})

export const redeliverBody = z.looseObject({ accountId, sameIdentity: z.boolean().optional() })

export const deliverBody = z.strictObject({
  /** An object is sent as JSON, a text as it is. */
  body: z.unknown(),
  /** Left out: a genuine identity of the body's app and account; `null`: no header. */
  identity: identityChanges.nullable().optional(),
  contentType: z.string().optional(),
})

export const signBody = identityChanges.extend({ accountId: z.string().optional(), irisAppId: z.string().optional() })

export const rotateBody = z.strictObject({
  /** Whose keys; the marketplace's by default. */
  of: z.enum(['marketplace', 'userTokens']).optional(),
  algorithm: z.enum(['RS256', 'ES256']).optional(),
  withdrawOld: z.boolean().optional(),
})

export const silenceBody = z.strictObject({
  accountId,
  count: z.number().int().min(1).max(1000).default(3),
  /** For how long they have not reported. */
  days: z.number().min(0).max(365).default(3),
})

export const clockBody = z.union([
  z.strictObject({
    /** An ISO 8601 text or milliseconds since 1970; `null` for the machine's time. */
    now: z.union([z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), z.number(), z.null()]),
  }),
  /** Moves it on from where it is. */
  z.strictObject({ addMs: z.number() }),
])

export const userTokenBody = z.strictObject({
  accountId,
  role: z.enum(['administrator', 'reader']).default('administrator'),
  /** Seconds; negative for a token that has already expired. */
  lifetimeS: z.number().int().min(-86_400).max(86_400).optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
})
