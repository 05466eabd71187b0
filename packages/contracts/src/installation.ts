import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { errorReasonSchema } from './error-reason-schema.ts'
import { momentSchema } from './moment.ts'

/** The states of a set of credentials. */
export const credentialStateSchema = z.enum([
  'pending',
  'active',
  'parked',
  'rejected',
  'quarantined',
  'awaiting-approval',
  'superseded',
  'uninstalled',
])
export type CredentialState = z.infer<typeof credentialStateSchema>

/**
 * The state of an installation is that of its credentials, or `suspended`: an uninstall stopped it, and it can be restored
 * until it is erased. `paused`: the operator stopped it, until they resume it. `none`: the account never installed the app.
 */
export const installationStateSchema = z.enum([...credentialStateSchema.options, 'suspended', 'paused', 'none'])
/** The state of an installation. Tokens are issued while it is `active`; `none` never installed the app. */
export type InstallationState = z.infer<typeof installationStateSchema>

export const installationSchema = z.object({
  accountId: accountIdSchema,
  state: installationStateSchema,
  since: momentSchema.nullable(),
  reason: errorReasonSchema.nullable(),
  /** The number of the credentials in use, or of the newest ones if none are. */
  generation: z.int().nullable(),
  requestedScopes: z.array(z.string()),
  grantedScopes: z.array(z.string()),
  deniedScopes: z.array(z.string()),
  /**
   * Denied scopes that the account's Trackunit plan does not include, according to Trackunit. The others were left
   * out when the app was installed, or Trackunit does not say that the plan lacks them.
   */
  missingFromPlan: z.array(z.string()),
  /** Newer credentials that are not in use (yet). */
  waiting: z.array(
    z.object({
      generation: z.int(),
      state: credentialStateSchema,
      since: momentSchema,
      reason: errorReasonSchema.nullable(),
    }),
  ),
  /** When Trackunit reported an uninstall that is neither final nor dismissed. */
  uninstallSignalledAt: momentSchema.nullable(),
  /** When a `suspended` installation is erased, unless someone restores it before then. */
  erasesAt: momentSchema.exactOptional(),
  /**
   * The attempts to get a token with access that does not work: `pending`, `rejected` and `parked`. Missing in every other
   * state, and on servers that do not report it yet.
   */
  tries: z
    .object({
      /** Failed attempts; for `parked`, since Trackunit first refused the access. */
      count: z.int().min(0),
      /** When the attempts began: when the access arrived, or when it was first refused. */
      beganAt: momentSchema,
      lastAt: momentSchema.nullable(),
      /** `null` during an attempt, and when there are no more attempts. */
      nextAt: momentSchema.nullable(),
      /** When access that never worked becomes `rejected`, unless Trackunit is not answering then; otherwise `null`. */
      endsAt: momentSchema.nullable(),
    })
    .exactOptional(),
  /** Whether this caller may approve and refuse credentials. */
  mayApprove: z.boolean(),
  /** What the account's last token requests and runs show about Trackunit. */
  trackunit: z.object({ unavailableSince: momentSchema.nullable(), limitedUntil: momentSchema.nullable() }),
})
/** What is known of the app on an account: its state since when, and which scopes were asked for, granted and denied. */
export type Installation = z.infer<typeof installationSchema>
