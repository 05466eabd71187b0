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
import { refusesScopes, withBody } from './understood.ts'

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

/** Controls that the real Trackunit does not have: its users' clicks, its clock, its failures. */
export function controlRoutes(app: FastifyInstance, dependencies: ControlDependencies) {
  marketplaceRoutes(app, dependencies)
  credentialRoutes(app, dependencies)
  behaviourRoutes(app, dependencies)
  clockRoutes(app, dependencies)
  reportRoutes(app, dependencies)
}

/** Installations and the callbacks that they send. */
function marketplaceRoutes(app: FastifyInstance, { manifest, installations, identities }: ControlDependencies) {
  const install = withBody(installBody, (body, reply) =>
    refusesScopes(body.grantedScopes, manifest, reply) ? reply : installations.install(body),
  )
  app.post('/control/install', install)
  app.post('/control/reinstall', install)
  app.post('/control/uninstall', withBody(installBody, installations.uninstall))
  app.post(
    '/control/redeliver',
    withBody(redeliverBody, async ({ accountId, sameIdentity }, reply) => {
      const delivered = await installations.redeliver(accountId, { sameIdentity })
      return delivered ? { delivered } : reply.code(409).send({ error: 'No callback was sent for this account yet.' })
    }),
  )
  app.post(
    '/control/deliver',
    withBody(deliverBody, async ({ body, identity: changes, contentType }) => {
      const identity = changes === null ? undefined : await identities.sign(subjectOf(body, manifest), changes)
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return { delivered: await installations.deliver({ body: text, identity, contentType }), identity }
    }),
  )
  app.post(
    '/control/sign',
    withBody(signBody, async ({ accountId, irisAppId, ...changes }) => ({
      identity: await identities.sign(subjectOf({ accountId, irisAppId }, manifest), changes),
    })),
  )
}

/** Signing keys, access tokens and user tokens. */
function credentialRoutes(app: FastifyInstance, dependencies: ControlDependencies) {
  const { behaviour, store, marketplaceKeys, userTokenKeys, accessTokens, userTokens } = dependencies
  app.post(
    '/control/keys/rotate',
    withBody(rotateBody, async ({ of, ...how }) => {
      const keys = of === 'userTokens' ? userTokenKeys : marketplaceKeys
      const { kid } = await keys.rotate(how)
      await store.save()
      return { kid, published: (await keys.published()).keys.map((key) => key.kid) }
    }),
  )
  app.post('/control/tokens/revoke', async (_, reply) => {
    await accessTokens.revokeAll()
    return reply.code(204).send()
  })
  app.post(
    '/control/user-token',
    withBody(userTokenBody, async (body) => {
      const lifetimeS = body.lifetimeS ?? behaviour.userTokenLifetimeS
      return { token: await userTokens.issue({ ...body, lifetimeS }), expiresInS: lifetimeS }
    }),
  )
}

/** Faults, limits, settings and machines that stop reporting. */
function behaviourRoutes(app: FastifyInstance, { behaviour, faults, resets, silence }: ControlDependencies) {
  app.get('/control/faults', async () => faults.all())
  app.put(
    '/control/faults',
    withBody(faultsByEndpoint, (body) => {
      faults.set(body)
      return faults.all()
    }),
  )
  app.post('/control/limits/reset', async (_, reply) => {
    resets.run()
    return reply.code(204).send()
  })
  app.get('/control/settings', async () => behaviour)
  app.put(
    '/control/settings',
    withBody(behaviourShape.partial(), (body) => Object.assign(behaviour, withoutUndefined(body))),
  )
  app.post(
    '/control/machines/silence',
    withBody(silenceBody, ({ accountId, count, days }) => ({
      machines: silence.add(accountId.toLowerCase(), { count, days }),
    })),
  )
  app.delete('/control/machines/silence', async (_, reply) => {
    silence.end()
    return reply.code(204).send()
  })
}

function clockRoutes(app: FastifyInstance, { clock }: ControlDependencies) {
  const report = () => ({
    now: new Date(clock.now()).toISOString(),
    isMoved: clock.isMoved(),
    offsetMs: clock.offsetMs(),
  })
  app.get('/control/clock', async () => report())
  app.put(
    '/control/clock',
    withBody(clockBody, (body) => {
      clock.set('now' in body ? body.now : clock.now() + body.addMs)
      return report()
    }),
  )
}

/** What the simulator has received, and what it knows. */
function reportRoutes(app: FastifyInstance, { manifest, journal, store }: ControlDependencies) {
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
