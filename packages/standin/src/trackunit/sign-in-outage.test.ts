import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterFailure, type SignInOutage } from './sign-in-outage-policy.ts'

const failed: SignInOutage = { failedClients: ['a', 'b', 'c', 'd'], lastFailedAgoMs: 1_000, isDown: false, probes: 0 }
const down: SignInOutage = { ...failed, isDown: true }

describe('invariant 14: an outage of the sign-in', () => {
  test('is believed with the fifth account in a row', () => {
    expect(afterFailure(failed, { clientId: 'e', isProbe: false })).toMatchObject({ nextProbeInMs: 1_000 })
    expect(afterFailure(undefined, { clientId: 'e', isProbe: false })).toEqual({ failedClients: ['e'], probes: 0 })
  })

  test('is not one account’s own trouble, however often it fails', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }), (clients) => {
        let state: SignInOutage | undefined
        for (const clientId of clients) {
          const next = afterFailure(state, { clientId, isProbe: false })
          expect(next.nextProbeInMs).toBeUndefined()
          state = { ...failed, ...next, isDown: false }
        }
      }),
    )
  })

  test('does not begin with failures that are far apart', () => {
    expect(afterFailure({ ...failed, lastFailedAgoMs: 60_000 }, { clientId: 'e', isProbe: false })).toEqual({
      failedClients: ['e'],
      probes: 0,
    })
  })

  test('is probed with pauses that grow to five seconds', () => {
    const pauses = [0, 1, 2, 3, 1_000].map(
      (probes) => afterFailure({ ...down, probes }, { clientId: 'e', isProbe: true }).nextProbeInMs,
    )
    expect(pauses).toEqual([2_000, 4_000, 5_000, 5_000, 5_000])
  })

  test('is not prolonged by requests that were under way when it began', () => {
    expect(afterFailure(down, { clientId: 'e', isProbe: false })).toMatchObject({ probes: 0 })
    expect(afterFailure(down, { clientId: 'e', isProbe: false }).nextProbeInMs).toBeUndefined()
  })

  test('is not probed for as long as an answer asks, up to five minutes', () => {
    const asked = (retryAfterMs: number) => ({ clientId: 'e', isProbe: true, retryAfterMs })
    expect(afterFailure(down, asked(60_000)).nextProbeInMs).toBe(60_000)
    expect(afterFailure(failed, { ...asked(60_000), isProbe: false }).nextProbeInMs).toBe(60_000)
    expect(afterFailure(down, asked(3_600_000)).nextProbeInMs).toBe(300_000)
  })
})
