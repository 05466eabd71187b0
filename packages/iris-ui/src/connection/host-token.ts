/** The host gives no token: the user must sign in again. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError'
}

const MARGIN_MS = 30_000

/**
 * The user's token, kept only in memory and renewed 30 s before it expires.
 * A token whose expiry cannot be read is requested each time.
 */
export function createHostToken(getToken: () => Promise<string>, nowMs: () => number) {
  let kept: { token: string; askAgainAtMs: number } | undefined
  let flight: Promise<string> | undefined

  async function ask(): Promise<string> {
    try {
      const token = await getToken()
      kept = { token, askAgainAtMs: (expiryOf(token) ?? 0) - MARGIN_MS }
      return token
    } catch {
      throw new SignedOutError('The host gives no token.')
    }
  }

  return {
    bearer(): Promise<string> {
      if (kept && nowMs() < kept.askAgainAtMs) return Promise.resolve(kept.token)
      flight ??= ask().finally(() => {
        flight = undefined
      })
      return flight
    },
    /** Call it after a refusal: the next request asks the host, even if the token has not expired. */
    forget(): void {
      kept = undefined
    },
  }
}

/** A JWT's expiry in milliseconds since 1970. Only for planning: the server verifies tokens. */
function expiryOf(token: string): number | undefined {
  try {
    const payload: unknown = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
    if (typeof payload !== 'object' || payload === null || !('exp' in payload)) return undefined
    return typeof payload.exp === 'number' ? payload.exp * 1_000 : undefined
  } catch {
    return undefined
  }
}
