import type { Secret } from '../config/secret.ts'
import { type ScopeSet, scopeSet } from './scope-set.ts'
import type { Exchange, ExchangedToken, RequestToken } from './token-endpoint.ts'

export interface ManifestScope {
  scope: string
  optional: boolean
}

type Refused = Exclude<Exchange, { outcome: 'token' }>

export type Negotiation =
  | { outcome: 'granted'; granted: ScopeSet; missingFromPlan: readonly string[]; token: ExchangedToken | undefined }
  | Refused

/**
 * Finds out which scopes an account granted: a denied optional one can shorten the answer's `scope` or fail the whole
 * request with `invalid_scope`. At most 2 + the number of optional scopes requests; `invalid_scope` proves the
 * credentials, too, since Trackunit knew the client. Which scopes the plan lacks is known where a refusal of them said so.
 */
export async function negotiateScopes(
  requestToken: RequestToken,
  credentials: { clientId: string; clientSecret: Secret },
  manifest: readonly ManifestScope[],
): Promise<Negotiation> {
  const ask = (scopes: Iterable<string>) => requestToken(credentials, scopeSet(scopes))
  const all = await ask(manifest.map(({ scope }) => scope))
  if (all.outcome === 'token')
    return { outcome: 'granted', granted: all.token.granted, missingFromPlan: [], token: all.token }
  if (!isAboutScopes(all)) return all

  const required = manifest.filter(({ optional }) => !optional).map(({ scope }) => scope)
  const base = await ask(required)
  if (base.outcome !== 'token' && !isAboutScopes(base)) return base
  const granted = new Set(base.outcome === 'token' ? base.token.granted.scopes : [])
  const missingFromPlan = base.outcome !== 'token' && isAboutPlan(base) ? [...required] : []
  let token = base.outcome === 'token' ? base.token : undefined

  for (const { scope } of manifest.filter(({ optional }) => optional)) {
    const wider = await ask([...granted, scope])
    if (wider.outcome !== 'token') {
      if (!isAboutScopes(wider)) return wider
      if (isAboutPlan(wider)) missingFromPlan.push(scope)
      continue
    }
    token = wider.token
    for (const name of wider.token.granted.scopes) granted.add(name)
  }
  return { outcome: 'granted', granted: scopeSet(granted), missingFromPlan, token }
}

/** The credentials are good, and what was asked for is too much: a scope that was denied, or one that the plan does not have. */
const isAboutScopes = (answer: Refused) =>
  answer.outcome === 'failed' && (answer.failure === 'invalid-scope' || isAboutPlan(answer))
const isAboutPlan = (answer: Refused) => answer.outcome === 'failed' && answer.failure === 'plan-required'
