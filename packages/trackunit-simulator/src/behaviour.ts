import { z } from 'zod'

/** How this Trackunit behaves where the documentation is silent. Set through `PUT /control/settings`. */
export const behaviour = z.strictObject({
  /** `expires_in` of access tokens, in seconds. [doc] 3600 in the sample. */
  tokenLifetimeS: z.number(),
  /** How `expires_in` is written: a number [doc], a text, or not at all. */
  expiresInForm: z.enum(['number', 'text', 'absent']),
  /** A scope that was denied at the installation: `invalid_scope`, or a token with fewer scopes. */
  deniedScopes: z.enum(['error', 'shorter']),
  /** Errors of `/apptoken`: OAuth JSON [doc of a sibling endpoint] or Okta's form with `WWW-Authenticate`. */
  tokenErrorForm: z.enum(['oauth', 'okta']),
  /** The claim of the access token that names the account; `null`: none does. */
  tokenAccountClaim: z.string().min(1).nullable(),
  /** Does a client keep working after its app was uninstalled? */
  keepClientAfterUninstall: z.boolean(),
  /** Does the previous client keep working after a re-install? */
  keepClientAfterReinstall: z.boolean(),
  /** Complexity points of one API user in ten minutes. */
  pointsPerWindow: z.number().int().positive(),
  fleetSize: z.number().int().min(0).max(100_000),
  /** [doc] GraphQL is for IrisX customers; a `basic` account has REST and the AEMP snapshot. */
  plan: z.enum(['irisx', 'basic']),
  /** What a refusal because of the plan looks like, which nothing documents. */
  planRefusal: z.enum(['page', 'forbidden', 'graphql-error']),
  /** [doc] Service plans need a licence. */
  serviceLicence: z.boolean(),
  /** [doc] Data health is a beta: an account may lack it. */
  dataHealth: z.boolean(),
  /** Whether assets have `groups` in GraphQL: nothing documents it. */
  assetGroups: z.boolean(),
  /** Whether the first machines have names that break careless programs. */
  oddNames: z.boolean(),
  /** Assets that were deleted in the meantime, by id. */
  removedAssets: z.array(z.string()),
  /** How long the APIs take for each answer, in milliseconds. The real ones take a few hundred. */
  apiLatencyMs: z.number().int().min(0).max(10_000),
  /** Seconds that a user's token lasts unless the request names another lifetime. */
  userTokenLifetimeS: z.number().int(),
})

export type Behaviour = z.infer<typeof behaviour>

export function usualBehaviour(fleetSize: number): Behaviour {
  return {
    tokenLifetimeS: 3600,
    expiresInForm: 'number',
    deniedScopes: 'error',
    tokenErrorForm: 'oauth',
    tokenAccountClaim: null,
    keepClientAfterUninstall: false,
    keepClientAfterReinstall: false,
    pointsPerWindow: 1_000_000,
    fleetSize,
    plan: 'irisx',
    planRefusal: 'page',
    serviceLicence: true,
    dataHealth: true,
    assetGroups: true,
    oddNames: false,
    removedAssets: [],
    apiLatencyMs: 0,
    userTokenLifetimeS: 300,
  }
}
