const MARGIN_MS = 60_000
const WITHOUT_TOKEN_MS = 5_000
const WITHOUT_END_MS = 240_000

/** How long until a token must be renewed: a minute before it expires, or after half of a short lifetime. */
export function renewInMs(token: string | undefined, nowMs: number): number {
  if (!token) return WITHOUT_TOKEN_MS
  const endsAtMs = endOf(token)
  if (endsAtMs === undefined) return WITHOUT_END_MS
  const leftMs = Math.max(0, endsAtMs - nowMs)
  return Math.floor(Math.max(Math.min(leftMs / 2, 15_000), leftMs - MARGIN_MS))
}

function endOf(token: string): number | undefined {
  try {
    const payload = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
    return typeof payload?.exp === 'number' ? payload.exp * 1_000 : undefined
  } catch {
    return undefined
  }
}
