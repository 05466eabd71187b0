/** What `/apptoken` answers, and what was asked of it. */
export interface PlayedTokenEndpoint {
  fetch: typeof globalThis.fetch
  /** Each request, in order. */
  asked: Array<{ clientId: string; clientSecret: string; scopes: string[] }>
  /** Decides about each request; by default every client gets all that it asks for. */
  answer: (asked: { clientId: string; clientSecret: string; scopes: string[] }) => Response | Promise<Response>
}

/** A token for the scopes, as Trackunit's `/apptoken` gives it. */
export function tokenAnswer({
  scopes,
  expiresIn = 3_600,
  claims = {},
  accessToken,
}: {
  scopes: readonly string[]
  expiresIn?: number | string | undefined
  claims?: Record<string, unknown>
  accessToken?: string
}): Response {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const jwt = `${part({ alg: 'RS256' })}.${part({ ...claims, jti: crypto.randomUUID() })}.c2lnbmF0dXJl`
  return Response.json({
    token_type: 'Bearer',
    expires_in: expiresIn,
    access_token: accessToken ?? jwt,
    scope: scopes.join(' '),
  })
}

/** An OAuth error. */
export const refusal = (error: string, status = error === 'invalid_client' ? 401 : 400): Response =>
  Response.json({ error }, { status })

/** Trackunit's token endpoint, played as `fetch`: the documented form comes in, an answer goes out. */
export function playTokenEndpoint(): PlayedTokenEndpoint {
  const played: PlayedTokenEndpoint = {
    asked: [],
    answer: ({ scopes }) => tokenAnswer({ scopes }),
    async fetch(_address, init) {
      const form = new URLSearchParams(String(init?.body ?? ''))
      const asked = {
        clientId: form.get('client_id') ?? '',
        clientSecret: form.get('client_secret') ?? '',
        scopes: (form.get('scope') ?? '').split(' ').filter(Boolean),
      }
      played.asked.push(asked)
      return played.answer(asked)
    },
  }
  return played
}
