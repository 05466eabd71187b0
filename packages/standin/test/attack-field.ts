import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { registerCallbackRoute } from '../src/callbacks/callback-route.ts'
import { Secret } from '../src/config/secret.ts'
import { createHttpServer } from '../src/http/http-server.ts'
import { createLogger } from '../src/observability/logger.ts'
import { issueToken } from '../src/tokens/issue-token.ts'
import {
  appId,
  otherAccount as attacker,
  type CallbackStack,
  installed,
  account as victim,
  works,
} from './callback-stack.ts'
import { createSigningKey, type SigningKey } from './signing-keys.ts'

export const pathSecret = 'path-s3cr3t-000001'
export const path = `/trackunit/callback/${pathSecret}`
const victimSecret = 's3cr3t-of-victim-client'

/** Sends one request, through Fastify's `inject` or as bytes on a socket. */
export interface Attempt {
  method?: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'HEAD' | 'POST'
  url?: string
  /** Undefined removes a header. */
  headers?: Record<string, string | undefined>
  body?: unknown
  bytes?: string
}

export interface AttackField extends AsyncDisposable {
  stack: CallbackStack
  /** Trackunit's signing key. */
  marketplace: SigningKey
  /** The attacker's own. */
  forger: SigningKey
  /** A genuine JWT, signed by Trackunit now, with these claims. */
  genuine(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  nowS(): number
  /** The victim's genuine callback, unchanged. */
  captured: { identity: string; body: Record<string, unknown> }
  /** @returns a refusal's reason or HTTP status, or the status of an applied callback */
  send(attempt: Attempt): Promise<string | number>
  /** Proves what is pending, then looks at the victim's credentials and gets a token with them. */
  victimIsWell(): Promise<{ state: string; clientId: string; generation: number; token: string }>
  logged(): string
}

export const wellVictim = { state: 'active', clientId: 'victim-client', generation: 1, token: 'token-of-victim' }

/** A server on which the accounts of a victim and of an attacker have both installed the app and work. */
export async function createAttackField(stack: CallbackStack): Promise<AttackField> {
  let log = ''
  const logger = createLogger('info', { write: (line) => (log = (log + line).slice(-200_000)) })
  stack.settings.pathSecrets = [new Secret(pathSecret)]
  stack.clients.set('victim-client', ({ clientSecret }) => ({
    ...works(),
    expiresIn: 86_400, // No attack lasts longer.
    accessToken: clientSecret === victimSecret ? 'token-of-victim' : 'token-of-another',
  }))
  const ctx = { ...stack.ctx, log: logger }
  const server = await createHttpServer(ctx)
  await registerCallbackRoute(server, ctx)
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo

  const nowS = () => Math.floor(stack.clock.now().getTime() / 1_000)
  const genuine = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    stack.signingKey.sign({ iat: nowS(), exp: nowS() + 600, ...claims }, header)

  const send = async ({ method = 'POST', url = path, headers = {}, body, bytes }: Attempt) => {
    if (bytes !== undefined) return understand(...(await exchange(port, bytes)))
    const given = { 'content-type': 'application/json', ...headers }
    const kept = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {})
    const response = await server.inject({
      method,
      url,
      headers: Object.fromEntries(kept),
      ...(method !== 'GET' && method !== 'HEAD' && { payload }),
    })
    return understand(response.statusCode, response.body)
  }

  // The victim and the attacker's own account install, and both work.
  const body = installed('victim-client', { clientSecret: victimSecret })
  const identity = await genuine({ accountId: victim, irisAppId: appId, exp: nowS() + 80_000 })
  await send({ headers: { 'trackunit-identity': identity }, body })
  await send({
    headers: { 'trackunit-identity': await genuine({ accountId: attacker, irisAppId: appId }) },
    body: installed('attacker-client', { accountId: attacker }),
  })
  await stack.prover.proveDue()

  return {
    stack,
    marketplace: stack.signingKey,
    genuine,
    nowS,
    captured: { identity, body },
    send,
    forger: await createSigningKey('marketplace-1'),
    async victimIsWell() {
      await stack.prover.proveDue()
      const rows = await stack.rows(victim)
      const { activeGeneration } = (await stack.installation(victim)) ?? {}
      const active = rows.find(({ generation }) => generation === activeGeneration)
      const { accessToken } = await issueToken(ctx, { kind: 'system', id: 'attacks' }, { accountId: victim })
      return {
        state: active?.state ?? 'none',
        clientId: active?.clientId ?? 'none',
        generation: activeGeneration ?? 0,
        token: accessToken.reveal(),
      }
    },
    logged: () => log,
    [Symbol.asyncDispose]: () => server.close(),
  }
}

export { appId, attacker, victim }

function understand(status: number, text: string): string | number {
  try {
    const { status: applied, reason } = JSON.parse(text) as { status?: string; reason?: string }
    return reason ?? (status === 200 && applied ? applied : status)
  } catch {
    return status
  }
}

async function exchange(port: number, bytes: string): Promise<[number, string]> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes, 'latin1')
  const answer = await text(socket)
  return [Number(answer.split(' ')[1]), answer.slice(answer.indexOf('\r\n\r\n') + 4)]
}
