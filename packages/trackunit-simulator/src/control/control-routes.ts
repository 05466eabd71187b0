import type { FastifyInstance } from 'fastify'
import { knownAccounts, profileOf } from '../accounts.ts'
import { type Behaviour, behaviour as behaviourShape } from '../behaviour.ts'
import type { Clock } from '../clock.ts'
import { type Faults, faultsByEndpoint } from '../faults.ts'
import type { Silence } from '../fleet/silence.ts'
import type { Journal } from '../journal.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { AppManifest } from '../manifest.ts'
import type { createIdentitySigner } from '../marketplace/identity.ts'
import type { Installations } from '../marketplace/installations.ts'
import type { Resets } from '../resets.ts'
import type { AccessTokens } from '../sign-in/access-tokens.ts'
import type { StateStore } from '../state.ts'
import type { UserTokens } from '../user-tokens/user-tokens.ts'
import {
  clockBody,
  deliverBody,
  installBody,
  redeliverBody,
  rotateBody,
  signBody,
  silenceBody,
  userTokenBody,
} from './control-bodies.ts'
import { refusesScopes, understood } from './understood.ts'

type ControlDependencies = {
  manifest: AppManifest
  behaviour: Behaviour
  clock: Clock
  faults: Faults
  journal: Journal
  store: StateStore
  marketplaceKeys: KeyRing
  userTokenKeys: KeyRing
  accessTokens: AccessTokens
  resets: Resets
  silence: Silence
  identities: ReturnType<typeof createIdentitySigner>
  installations: Installations
  userTokens: UserTokens
}

/** What the real Trackunit has no address for: its users' clicks, its clock, its failures. */
export function controlRoutes(app: FastifyInstance, dependencies: ControlDependencies) {
  const { manifest, behaviour, clock, faults, journal, store, installations } = dependencies
  app.post('/control/install', async (request, reply) => {
    const body = understood(installBody, request, reply)
    if (!body || refusesScopes(body.grantedScopes, manifest, reply)) return reply
    return installations.install(body)
  })

  app.post('/control/reinstall', async (request, reply) => {
    const body = understood(installBody, request, reply)
    if (!body || refusesScopes(body.grantedScopes, manifest, reply)) return reply
    return installations.install(body)
  })

  app.post('/control/uninstall', async (request, reply) => {
    const body = understood(installBody, request, reply)
    return body ? installations.uninstall(body) : reply
  })

  app.post('/control/redeliver', async (request, reply) => {
    const body = understood(redeliverBody, request, reply)
    if (!body) return reply
    const delivered = await installations.redeliver(body.accountId, { sameIdentity: body.sameIdentity })
    return delivered ? { delivered } : reply.code(409).send({ error: 'No callback was sent for this account yet.' })
  })

  app.post('/control/deliver', async (request, reply) => {
    const body = understood(deliverBody, request, reply)
    if (!body) return reply
    const identity =
      body.identity === null
        ? undefined
        : await dependencies.identities.sign(subjectOf(body.body, manifest), body.identity)
    const text = typeof body.body === 'string' ? body.body : JSON.stringify(body.body)
    return { delivered: await installations.deliver({ body: text, identity, contentType: body.contentType }), identity }
  })

  app.post('/control/sign', async (request, reply) => {
    const body = understood(signBody, request, reply)
    if (!body) return reply
    const { accountId, irisAppId, ...changes } = body
    return { identity: await dependencies.identities.sign(subjectOf({ accountId, irisAppId }, manifest), changes) }
  })

  app.post('/control/keys/rotate', async (request, reply) => {
    const body = understood(rotateBody, request, reply)
    if (!body) return reply
    const { of, ...how } = body
    const keys = of === 'userTokens' ? dependencies.userTokenKeys : dependencies.marketplaceKeys
    const { kid } = await keys.rotate(how)
    await store.save()
    return { kid, published: (await keys.published()).keys.map((key) => key.kid) }
  })

  app.post('/control/limits/reset', async (_, reply) => {
    dependencies.resets.run()
    return reply.code(204).send()
  })

  app.post('/control/tokens/revoke', async (_, reply) => {
    await dependencies.accessTokens.revokeAll()
    return reply.code(204).send()
  })

  app.post('/control/machines/silence', async (request, reply) => {
    const body = understood(silenceBody, request, reply)
    if (!body) return reply
    const { accountId, count, days } = body
    return { machines: dependencies.silence.add(accountId.toLowerCase(), { count, days }) }
  })
  app.delete('/control/machines/silence', async (_, reply) => {
    dependencies.silence.end()
    return reply.code(204).send()
  })

  app.post('/control/user-token', async (request, reply) => {
    const body = understood(userTokenBody, request, reply)
    if (!body) return reply
    const lifetimeS = body.lifetimeS ?? behaviour.userTokenLifetimeS
    return { token: await dependencies.userTokens.issue({ ...body, lifetimeS }), expiresInS: lifetimeS }
  })

  app.get('/control/faults', async () => faults.all())
  app.put('/control/faults', async (request, reply) => {
    const body = understood(faultsByEndpoint, request, reply)
    if (!body) return reply
    faults.set(body)
    return faults.all()
  })

  app.get('/control/settings', async () => behaviour)
  app.put('/control/settings', async (request, reply) => {
    const body = understood(behaviourShape.partial(), request, reply)
    return body ? Object.assign(behaviour, withoutUndefined(body)) : reply
  })

  const clockReport = () => ({
    now: new Date(clock.now()).toISOString(),
    isMoved: clock.isMoved(),
    offsetMs: clock.offsetMs(),
  })
  app.get('/control/clock', async () => clockReport())
  app.put('/control/clock', async (request, reply) => {
    const body = understood(clockBody, request, reply)
    if (!body) return reply
    clock.set('now' in body ? body.now : clock.now() + body.addMs)
    return clockReport()
  })

  app.get('/control/requests', async () => journal.report())
  app.get<{ Params: { id: string } }>('/control/requests/:id', async (request, reply) => {
    const detail = journal.detail(Number(request.params.id))
    return detail ?? reply.code(404).send({ error: 'This request is no longer kept.' })
  })
  app.delete('/control/requests', async (_, reply) => {
    journal.reset()
    return reply.code(204).send()
  })

  app.get('/control/manifest', async () => ({
    irisAppId: manifest.irisAppId,
    scopes: manifest.scopes,
    requiredScopes: manifest.scopes.filter(({ optional }) => !optional).map(({ scope }) => scope),
  }))

  app.get('/control/accounts', async () => {
    const ids = new Set([...knownAccounts.map(({ id }) => id), ...Object.keys(store.state.accounts)])
    return { accounts: [...ids].map((id) => accountReport(id, store)) }
  })
}

function accountReport(accountId: string, { state }: StateStore) {
  const { name } = profileOf(accountId)
  const account = state.accounts[accountId]
  const client = account?.clientId ? state.clients[account.clientId] : undefined
  return {
    accountId,
    name,
    isInstalled: account?.isInstalled ?? false,
    clientId: client?.clientId ?? null,
    grantedScopes: client?.grantedScopes ?? [],
  }
}

function subjectOf(body: unknown, manifest: AppManifest) {
  const { irisAppId, accountId } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  return {
    irisAppId: typeof irisAppId === 'string' ? irisAppId : manifest.irisAppId,
    accountId: typeof accountId === 'string' ? accountId : (knownAccounts[0]?.id ?? ''),
  }
}

function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
