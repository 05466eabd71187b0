import type { Context } from '../context.ts'
import { requestToken } from './request-token.ts'
import { type ScopeSet, scopeSet } from './scope-set.ts'
import type { ClientCredentials, Exchange, ExchangedToken } from './token-endpoint.ts'

export interface ManifestScope {
  scope: string
  optional: boolean
}

type Refused = Exclude<Exchange, { outcome: 'token' }>

export type Negotiation =
  | { outcome: 'granted'; granted: ScopeSet; missingFromPlan: readonly string[]; token: ExchangedToken | undefined }
  | Refused

/** Finds out which of the manifest's scopes an account granted. */
export function negotiateScopes(
  ctx: Context,
  credentials: ClientCredentials,
  manifest: readonly ManifestScope[] = ctx.config.app.scopes,
): Promise<Negotiation> {
  return negotiate(manifest, (scopes) => requestToken(ctx, credentials, scopes))
}

/**
 * A denied optional scope can shorten the answer's `scope`, or fail the whole request with `invalid_scope`. Makes at most two
 * requests more than there are optional scopes. `invalid_scope` proves the credentials too, since Trackunit knew the client.
 * `missingFromPlan` has a scope only if the refusal said that the plan lacks it.
 */
export async function negotiate(
  manifest: readonly ManifestScope[],
  request: (scopes: ScopeSet) => Promise<Exchange>,
): Promise<Negotiation> {
  const ask = (scopes: Iterable<string>) => request(scopeSet(scopes))
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

/** The credentials are valid, but a requested scope was denied or is not in the plan. */
const isAboutScopes = (answer: Refused) =>
  answer.outcome === 'failed' && (answer.failure === 'invalid-scope' || isAboutPlan(answer))
const isAboutPlan = (answer: Refused) => answer.outcome === 'failed' && answer.failure === 'plan-required'
