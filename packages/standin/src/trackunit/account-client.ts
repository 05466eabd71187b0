import type { Clock } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import type { RequestLimits } from './request-limits.ts'
import { createTrackunitClient, type TrackunitClient, type TrackunitClientPolicy } from './trackunit-client.ts'

interface IssuedApiToken {
  accessToken: Secret
  fingerprint: string
  leftMs: number
}

interface Dependencies {
  fetch: typeof globalThis.fetch
  clock: Clock
  signal: AbortSignal
  cut?: AbortSignal
  limits?: RequestLimits
  token: (rejectedFingerprint?: string) => Promise<IssuedApiToken>
}

/** A token is asked for again well before it ends, and at least this often, so that an uninstall is noticed. */
const reuseAtMostMs = 60_000

/** Trackunit's APIs for one account; its token is asked for once and used for many requests. */
export function createAccountClient(
  policy: TrackunitClientPolicy,
  { fetch, clock, signal, token, ...rest }: Dependencies,
): TrackunitClient {
  let held: { token: IssuedApiToken; untilMs: number } | undefined

  return createTrackunitClient(policy, {
    fetch,
    signal,
    clock,
    ...rest,
    async token(rejectedFingerprint) {
      if (!held || rejectedFingerprint !== undefined || held.untilMs <= clock.monotonicMs()) {
        const issued = await token(rejectedFingerprint)
        held = { token: issued, untilMs: clock.monotonicMs() + Math.min(reuseAtMostMs, issued.leftMs / 2) }
      }
      const { accessToken, fingerprint } = held.token
      return { reveal: () => accessToken.reveal(), fingerprint }
    },
  })
}
