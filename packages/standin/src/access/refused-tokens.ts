import { accountIdSchema } from '@standin/contracts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Context } from '../context.ts'
import { storableText } from '../database/storable-text.ts'
import { type ObservedToken, saveObservedTokens } from './observed-token-store.ts'

const mostBetweenWrites = 200
const longest = 200

export interface RefusedTokens {
  observe(jwt: string): void
  /** What was seen since the last successful save. */
  seen: Map<string, ObservedToken>
}

/**
 * Remembers what refused user tokens contain, so that `identity observed` can show which settings would accept them:
 * issuer, audiences, names of claims and the kind of value that each has. None of it is verified; no token and no other
 * value is kept.
 */
export function createRefusedTokens({ clock, config }: Pick<Context, 'clock' | 'config'>): RefusedTokens {
  const seen = new Map<string, ObservedToken>()
  return {
    seen,
    observe(jwt) {
      for (const { kind, value, form } of describeToken(jwt, config.app.id)) {
        const key = JSON.stringify([kind, value, form])
        const known = seen.get(key)
        if (!known && seen.size >= mostBetweenWrites) continue
        seen.set(key, { kind, value, form, count: (known?.count ?? 0) + 1, lastAt: clock.now() })
      }
    },
  }
}

/** For a timer. @returns false: there is no more to do now */
export async function saveRefusedTokens({
  db,
  access,
}: Pick<Context, 'db'> & { access: { refusedTokens: RefusedTokens } }): Promise<boolean> {
  const { seen } = access.refusedTokens
  if (seen.size === 0) return false
  await saveObservedTokens(db, [...seen.values()])
  seen.clear()
  return false
}

function describeToken(jwt: string, appId: string): Pick<ObservedToken, 'kind' | 'value' | 'form'>[] {
  try {
    const { alg = '' } = decodeProtectedHeader(jwt)
    const claims = decodeJwt(jwt)
    const audiences = [claims.aud ?? []].flat().filter((audience) => typeof audience === 'string')
    return [
      { kind: 'algorithm', value: cut(alg), form: '' },
      ...(typeof claims.iss === 'string' ? [{ kind: 'issuer' as const, value: cut(claims.iss), form: '' }] : []),
      ...audiences.slice(0, 5).map((audience) => ({ kind: 'audience' as const, value: cut(audience), form: '' })),
      ...Object.entries(claims)
        .slice(0, 50)
        .map(([name, value]) => ({ kind: 'claim' as const, value: cut(name), form: formOf(value, appId) })),
    ]
  } catch {
    return []
  }
}

function formOf(value: unknown, appId: string): string {
  if (value === appId) return 'this app'
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'string') return value === null ? 'nothing' : typeof value
  return accountIdSchema.safeParse(value).success ? 'account id' : 'text'
}

const cut = (text: string) => storableText(text, longest)
