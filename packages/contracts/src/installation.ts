import { z } from 'zod'
import { accountIdSchema } from './account-id.ts'
import { errorReasonSchema } from './error-reason-schema.ts'
import { momentSchema } from './moment.ts'

/** The states of a set of credentials, and so of an installation; an account that never installed is `none`. */
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

export const installationStateSchema = z.enum([...credentialStateSchema.options, 'none'])
export type InstallationState = z.infer<typeof installationStateSchema>

export const installationSchema = z.object({
  accountId: accountIdSchema,
  state: installationStateSchema,
  since: momentSchema.nullable(),
  reason: errorReasonSchema.nullable(),
  /** The number of the credentials in use, or of the newest ones where none is. */
  generation: z.int().nullable(),
  requestedScopes: z.array(z.string()),
  grantedScopes: z.array(z.string()),
  deniedScopes: z.array(z.string()),
  /**
   * Of `deniedScopes` those that the account's Trackunit plan does not include, as Trackunit said. The others were left
   * out by who installed the app, or the plan lacks them and Trackunit did not say so.
   */
  missingFromPlan: z.array(z.string()),
  /** Newer credentials that do not serve (yet). */
  waiting: z.array(
    z.object({
      generation: z.int(),
      state: credentialStateSchema,
      since: momentSchema,
      reason: errorReasonSchema.nullable(),
    }),
  ),
  uninstallSignalledAt: momentSchema.nullable(),
  /**
   * How Trackunit was asked for access that does not work: `pending`, `rejected` and `parked`. Left out in every other
   * state, where nobody asked, and by servers that do not tell it yet.
   */
  tries: z
    .object({
      /** How often Trackunit was asked and did not let us in; for `parked` since it refused what had worked. */
      count: z.int().min(0),
      /** From when on: when the access came, or since when it is refused. */
      beganAt: momentSchema,
      lastAt: momentSchema.nullable(),
      /** `null` while Trackunit is being asked, and where it is not asked any more. */
      nextAt: momentSchema.nullable(),
      /** When access that never worked is given up as `rejected`, unless Trackunit does not answer then; else `null`. */
      endsAt: momentSchema.nullable(),
    })
    .exactOptional(),
  /** Whether this caller may approve and refuse credentials. */
  mayApprove: z.boolean(),
  /** What is known of Trackunit's side from the account's last exchanges and runs. */
  trackunit: z.object({ unavailableSince: momentSchema.nullable(), limitedUntil: momentSchema.nullable() }),
})
export type Installation = z.infer<typeof installationSchema>
