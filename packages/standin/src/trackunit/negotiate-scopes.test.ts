import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { type ManifestScope, negotiate } from './negotiate-scopes.ts'
import { type ScopeSet, scopeSet } from './scope-set.ts'
import type { Exchange } from './token-endpoint.ts'

type Request = (asked: ScopeSet) => Promise<Exchange>
const failed = (failure: 'invalid-scope' | 'plan-required' | 'unavailable'): Exchange => ({
  outcome: 'failed',
  failure,
})
const granting = (scopes: Iterable<string>): Exchange => ({
  outcome: 'token',
  token: { accessToken: new Secret('token'), granted: scopeSet(scopes), lifetimeMs: 1, askedAtMs: 0, claims: {} },
})

/** Denies scopes in one of the two documented ways, or because of the plan. */
type Denial = 'invalid_scope' | 'plan_required' | 'shorter scope'
function createEndpoint(denied: ReadonlySet<string>, says: Denial) {
  const asked: string[][] = []
  const request: Request = async ({ scopes }) => {
    asked.push([...scopes])
    const granted = scopes.filter((scope) => !denied.has(scope))
    if (granted.length < scopes.length && says !== 'shorter scope')
      return failed(says === 'invalid_scope' ? 'invalid-scope' : 'plan-required')
    return granting(granted)
  }
  return { request, asked }
}

const manifests = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1, maxLength: 8 })
  .chain((names) =>
    fc.tuple(
      ...names.map((scope) => fc.record({ scope: fc.constant(scope), optional: fc.boolean(), denied: fc.boolean() })),
    ),
  )

describe('invariant 17: a denied optional scope does not cost the others', () => {
  test('finds exactly what was granted in at most 2 + optional tries, however it is denied', async () => {
    await fc.assert(
      fc.asyncProperty(
        manifests,
        fc.constantFrom<Denial>('invalid_scope', 'plan_required', 'shorter scope'),
        async (manifest, says) => {
          const optional = manifest.filter((scope) => scope.optional)
          const denied = new Set(optional.filter((scope) => scope.denied).map(({ scope }) => scope))
          const endpoint = createEndpoint(denied, says)

          const negotiation = await negotiate(manifest, endpoint.request)

          const granted = manifest.map(({ scope }) => scope).filter((scope) => !denied.has(scope))
          const missingFromPlan = manifest.map(({ scope }) => scope).filter((scope) => denied.has(scope))
          expect(negotiation).toMatchObject({
            outcome: 'granted',
            granted: scopeSet(granted),
            missingFromPlan: says === 'plan_required' ? missingFromPlan : [],
          })
          expect(endpoint.asked.length).toBeLessThanOrEqual(2 + optional.length)
        },
      ),
    )
  })

  test('a required scope that the plan lacks is distinguished, too', async () => {
    const manifest = [
      { scope: 'a', optional: false },
      { scope: 'b', optional: true },
    ]
    const { request } = createEndpoint(new Set(['a']), 'plan_required')

    expect(await negotiate(manifest, request)).toMatchObject({
      granted: { scopes: ['b'] },
      missingFromPlan: ['a'],
    })
  })

  test('finds an empty set if everything is denied', async () => {
    const manifest = [{ scope: 'a', optional: true }]
    const { request } = createEndpoint(new Set(['a']), 'shorter scope')

    expect(await negotiate(manifest, request)).toMatchObject({
      outcome: 'granted',
      granted: { scopes: [] },
    })
  })

  test('one request is enough if nothing was denied', async () => {
    const endpoint = createEndpoint(new Set(), 'invalid_scope')

    const manifest = [
      { scope: 'a', optional: false },
      { scope: 'b', optional: true },
    ]
    await negotiate(manifest, endpoint.request)

    expect(endpoint.asked).toEqual([['a', 'b']])
  })

  test.for([1, 2, 3, 4])(
    'a failure at try %i ends the negotiation with that failure, never with a smaller grant',
    async (failingTry) => {
      const manifest: ManifestScope[] = [
        { scope: 'a', optional: false },
        { scope: 'b', optional: true },
        { scope: 'c', optional: true },
      ]
      const endpoint = createEndpoint(new Set(['b']), 'invalid_scope')
      const request: Request = async (asked) => {
        const answer = await endpoint.request(asked)
        return endpoint.asked.length === failingTry ? failed('unavailable') : answer
      }

      expect(await negotiate(manifest, request)).toEqual(failed('unavailable'))
    },
  )
})
