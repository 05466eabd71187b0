import { accountIdSchema } from '@standin/contracts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Clock } from '../clock.ts'

export interface ObservedToken {
  kind: 'algorithm' | 'issuer' | 'audience' | 'claim'
  value: string
  /** Of a claim: what its value looks like. */
  form: string
  count: number
  lastAt: Date
}

const mostBetweenWrites = 200
const longest = 200

/**
 * Remembers what refused user tokens carried, so that the settings can be found: issuer, audiences, names of claims and
 * what their values look like. Nobody has verified them; no token and no other value is kept.
 */
export function createRefusedTokenObserver({
  clock,
  appId,
  save,
}: {
  clock: Clock
  appId: string
  save: (observed: ObservedToken[]) => Promise<void>
}) {
  const seen = new Map<string, ObservedToken>()

  return {
    observe(jwt: string): void {
      for (const { kind, value, form } of describeToken(jwt, appId)) {
        const key = JSON.stringify([kind, value, form])
        const known = seen.get(key)
        if (!known && seen.size >= mostBetweenWrites) continue
        seen.set(key, { kind, value, form, count: (known?.count ?? 0) + 1, lastAt: clock.now() })
      }
    },

    /** @returns false: nothing more is to be done at once */
    async flush(): Promise<boolean> {
      if (seen.size === 0) return false
      await save([...seen.values()])
      seen.clear()
      return false
    },
  }
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

const cut = (text: string) => text.replaceAll('\0', '').slice(0, longest).toWellFormed()
