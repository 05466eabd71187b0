import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { accountRecord, fleetSizeOf } from './accounts.ts'
import { createBearerCheck } from './api/bearer.ts'
import { graphqlRoutes } from './api/graphql/graphql-routes.ts'
import { createPointsBudget } from './api/graphql/points-budget.ts'
import { aempRoutes } from './api/rest/aemp-routes.ts'
import { assetEventRoutes } from './api/rest/asset-event-routes.ts'
import { assetRoutes } from './api/rest/asset-routes.ts'
import { dataHealthRoute } from './api/rest/data-health-route.ts'
import { createRestEdge } from './api/rest/rest-edge.ts'
import { serviceRoutes } from './api/rest/service-routes.ts'
import { unknownApiPaths } from './api/rest/unknown-paths.ts'
import { usualBehaviour } from './behaviour.ts'
import { createClock } from './clock.ts'
import { controlRoutes } from './control/control-routes.ts'
import { localOnly } from './control/local-only.ts'
import { createFaults } from './faults.ts'
import { createAssetEvents } from './fleet/asset-events.ts'
import { createFleets } from './fleet/fleets.ts'
import { oddNames } from './fleet/odd-names.ts'
import { createSilence } from './fleet/silence.ts'
import { observeEndpoints } from './http/endpoint.ts'
import { createJournal } from './journal.ts'
import { createKeyRing } from './keys/key-ring.ts'
import { keySetRoutes } from './keys/key-set-routes.ts'
import { managerRoutes } from './manager/manager-routes.ts'
import { understandManifest } from './manifest.ts'
import { createIdentitySigner } from './marketplace/identity.ts'
import { createInstallations } from './marketplace/installations.ts'
import { createResets } from './resets.ts'
import { createAccessTokens } from './sign-in/access-tokens.ts'
import { apptokenRoute } from './sign-in/apptoken-route.ts'
import { openState, type StateStore } from './state.ts'
import { createUserTokens } from './user-tokens/user-tokens.ts'

export type SimulatorOptions = {
  /** 0 takes any free port. */
  port: number
  /** Where callbacks go; without it the manifest's own address. */
  callbackUrl?: string | undefined
  /** What the Manager page embeds; its origin must differ from the simulator's. */
  appUrl: string
  fleetSize: number
  /** The same seed makes the same fleets. */
  seed: string
  /** Keeps keys, clients and accounts; without it they end with the process. */
  dataDir?: string | undefined
  /** The app's manifest, as `IrisAppManifest` documents it. */
  manifest: unknown
  /** Milliseconds since 1970; for tests. */
  clock?: (() => number) | undefined
  /** Called with a line when the simulator itself fails. */
  report?: ((line: string) => void) | undefined
}

const maxBodyBytes = 1024 * 1024

/** Trackunit on localhost. Nothing listens before `listen`. */
export async function createSimulator(options: SimulatorOptions) {
  const stop = new AbortController()
  const store = await openState(options.dataDir)
  const address = { url: `http://127.0.0.1:${options.port}` }
  const parts = createParts(options, { store, url: () => address.url, stopped: stop.signal })
  const app = createApp(options.report)
  addRoutes(app, parts)

  return {
    /**
     * Listens on the loopback address only.
     * @throws Error with one line when the port is taken, or the app has the simulator's own origin.
     */
    async listen(): Promise<{ url: string }> {
      try {
        await app.listen({ host: '127.0.0.1', port: options.port })
      } catch (error) {
        throw new Error(cannotListen(options.port, error))
      }
      const { port } = app.server.address() as AddressInfo
      address.url = `http://127.0.0.1:${port}`
      if (new URL(options.appUrl).origin !== address.url) return { url: address.url }
      await app.close()
      throw new Error(`the app needs another origin than the simulator's ${address.url}`)
    },

    /** Closes open connections and saves the state. */
    async close(): Promise<void> {
      stop.abort()
      await app.close()
      await store.save()
    },
  }
}

type Parts = ReturnType<typeof createParts>

/** Everything that the simulator keeps between requests. */
function createParts(
  options: SimulatorOptions,
  { store, url, stopped }: { store: StateStore; url: () => string; stopped: AbortSignal },
) {
  const manifest = understandManifest(options.manifest)
  const callbackUrl = options.callbackUrl ?? manifest.callbackUrl
  if (callbackUrl === undefined) throw new Error('no callback address: neither given nor in the manifest')

  const clock = createClock(options.clock)
  const { now } = clock
  const common = { manifest, callbackUrl, behaviour: usualBehaviour(options.fleetSize), store, now, url, stopped }
  const { behaviour } = common
  const watching = { journal: createJournal(now), faults: createFaults(), resets: createResets() }

  const keyRing = (stored: typeof store.state.keys.marketplace, algorithm: 'RS256' | 'ES256') =>
    createKeyRing({ stored, changed: store.save }, algorithm)
  const marketplaceKeys = keyRing(store.state.keys.marketplace, 'RS256')
  const userTokenKeys = keyRing(store.state.keys.userTokens, 'ES256')
  const accessTokenKeys = keyRing(store.state.keys.accessTokens, 'RS256')
  const accessTokens = createAccessTokens({ keys: accessTokenKeys, store, behaviour, issuer: url, now })
  const userTokens = createUserTokens({ keys: userTokenKeys, manifest, issuer: () => `${url()}/user-tokens`, now })
  const identities = createIdentitySigner({ marketplaceKeys, userTokenKeys, issuer: url, now })
  const installations = createInstallations({ ...common, ...watching, identities })

  const fleets = createFleets({
    seed: options.seed,
    sizeOf: (accountId) => fleetSizeOf(accountId, behaviour.fleetSize),
    isRemoved: (id) => behaviour.removedAssets.includes(id),
    changed: (machine, index) => ({
      ...machine,
      name: (behaviour.oddNames ? oddNames[index] : undefined) ?? machine.name,
      reporting: silence.reportingOf(machine),
    }),
    now,
  })
  const silence = createSilence({ fleetOf: fleets.of, now })
  const events = createAssetEvents({
    fleetOf: fleets.of,
    dismissedIn: (accountId) => accountRecord(store.state, accountId).dismissedEventIds,
    now,
  })
  const keys = { marketplaceKeys, userTokenKeys, accessTokens, userTokens, identities }
  const fleet = { fleetOf: fleets.of, silence, events }
  return { ...common, ...watching, ...keys, ...fleet, clock, installations, appUrl: options.appUrl }
}

/** @param report called with a line when the simulator itself fails */
function createApp(report: SimulatorOptions['report']): FastifyInstance {
  const app = Fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body))
  app.setErrorHandler((error, _, reply) => {
    const status = statusOf(error)
    if (status === 500) report?.(`failed: ${error instanceof Error ? error.message : 'unknown error'}`)
    return reply.code(status).send(unreadable(status))
  })
  return app
}

function addRoutes(app: FastifyInstance, parts: Parts): void {
  const { store, journal, events } = parts
  observeEndpoints(app, { ...parts, accountOf: (clientId) => store.state.clients[clientId]?.accountId ?? null })
  keySetRoutes(app, { marketplace: parts.marketplaceKeys, userTokens: parts.userTokenKeys })
  apptokenRoute(app, parts)
  const apiUserOf = createBearerCheck({ ...parts, isClockMoved: parts.clock.isMoved })
  graphqlRoutes(app, {
    ...parts,
    apiUserOf,
    dismissEvent: (accountId, eventId) => dismissEvent(parts, accountId, eventId),
    budget: createPointsBudget({ ...parts, pointsPerWindow: () => parts.behaviour.pointsPerWindow }),
  })
  const rest = { ...parts, edge: createRestEdge({ apiUserOf, journal }) }
  assetRoutes(app, rest)
  assetEventRoutes(app, { ...rest, eventsOf: events.of })
  aempRoutes(app, rest)
  dataHealthRoute(app, rest)
  serviceRoutes(app, rest)
  unknownApiPaths(app, rest)
  app.register((pages, _, done) => {
    pages.addHook('onRequest', localOnly)
    controlRoutes(pages, parts)
    managerRoutes(pages, parts)
    done()
  })
}

/** @returns whether the account has such an event */
async function dismissEvent({ events, store, journal }: Parts, accountId: string, eventId: string): Promise<boolean> {
  if (!events.exists(accountId, eventId)) return false
  const { dismissedEventIds } = accountRecord(store.state, accountId)
  const isAgain = dismissedEventIds.includes(eventId)
  journal.count(isAgain ? 'eventDismiss again' : 'eventDismiss')
  if (!isAgain) dismissedEventIds.push(eventId)
  await store.save()
  return true
}

/** What Fastify could not read keeps its status; anything else is a bug in the simulator. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return status >= 400 && status < 500 ? status : 500
}

function unreadable(status: number) {
  if (status === 500) return { status, code: 'INTERNAL_SERVER_ERROR', message: 'The simulator failed.' }
  return { status, code: 'BAD_REQUEST', message: 'The request cannot be read.' }
}

function cannotListen(port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `port ${port} is taken`
  return `cannot listen on port ${port} (${String(code ?? error)})`
}
