import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { domainName } from './domain-name.ts'
import { momentSchema } from './moment.ts'
import { actorSchema } from './run.ts'
import { lineSchema } from './text.ts'

export const domainNameSchema = lineSchema(300).transform((text, { addIssue }) => {
  const domain = domainName(text)
  if (domain !== undefined) return domain
  addIssue({ code: 'custom', message: 'must be a domain such as example.com, without https:// or a path' })
  return z.NEVER
})

/** What a domain is trusted for: its email addresses, or its hosts as receivers of webhooks. */
export const trustedKindSchema = z.enum(['email', 'webhook'])
/** What a domain is trusted for: its email addresses, or its hosts as receivers of webhooks. */
export type TrustedKind = z.infer<typeof trustedKindSchema>

/** A domain, subdomains included, to which an account's results may be sent. */
export const trustedDomainSchema = z.object({
  kind: trustedKindSchema,
  domain: z.string(),
  addedBy: actorSchema,
  addedAt: momentSchema,
})
/** A domain to which results of an account may be sent without asking. */
export type TrustedDomain = z.infer<typeof trustedDomainSchema>

/**
 * An address that was asked whether it wants results: `unconfirmed` until its owner opens the link in the email and agrees,
 * `withdrawn` once they want no more.
 */
export const receiverSchema = z.object({
  address: z.string(),
  state: z.enum(['unconfirmed', 'confirmed', 'withdrawn']),
  askedAt: momentSchema.nullable(),
  /** When the address was confirmed or withdrawn. */
  answeredAt: momentSchema.nullable(),
  /** When it may be asked again; null where there is no reason to ask. */
  askAgainAt: momentSchema.nullable(),
})
/** An email address that was asked whether it wants the results of an account. */
export type Receiver = z.infer<typeof receiverSchema>

/** Who may get the results of an account. */
export const receiversSchema = z.object({
  /** The caller's own address, which needs no confirmation; null where it is unknown. */
  own: z.string().nullable(),
  /** The account's own list. */
  domains: z.array(trustedDomainSchema),
  /** Domains that the operator trusts on all accounts; `any` stands for all domains. */
  everywhere: z.array(z.string()),
  /** The ones that were asked or answered last come first. */
  addresses: z.array(receiverSchema),
  /** Whether the caller may change the list: an administrator of the account. */
  mayChange: z.boolean(),
})
/** Who may get the results of an account besides the people who ask for them. */
export type Receivers = z.infer<typeof receiversSchema>

export const trustInputSchema = z.strictObject({
  accountId: accountIdSchema,
  kind: trustedKindSchema,
  domain: domainNameSchema,
})
export const receiverInputSchema = z.strictObject({ accountId: accountIdSchema, address: z.email().max(254) })
export const askReceiverInputSchema = receiverInputSchema.extend({
  /** The language of the email, as a BCP 47 tag; English where there is none in it. */
  language: lineSchema(40).optional(),
})
