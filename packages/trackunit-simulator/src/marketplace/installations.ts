import { accountRecord } from '../accounts.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Faults } from '../faults.ts'
import { pause } from '../faults.ts'
import { problemOf } from '../http/exchange.ts'
import type { Journal } from '../journal.ts'
import type { AppManifest } from '../manifest.ts'
import { newClientId, newClientSecret } from '../okta-form.ts'
import type { Account, Client, StateStore } from '../state.ts'
import { type Delivered, deliverCallback } from './deliver-callback.ts'
import type { createIdentitySigner, IdentityChanges } from './identity.ts'

export type Installations = ReturnType<typeof createInstallations>

export type InstallRequest = {
  /** Written in the callback exactly like this. */
  accountId: string
  irisAppId?: string | undefined
  /** The credentials given belong to this account; if their client id is another account's, they are only sent. */
  clientId?: string | undefined
  clientSecret?: string | undefined
  /** What the installing user allowed; by default everything in the manifest. */
  grantedScopes?: string[] | undefined
  /** Those that the account's plan does not include; by default none. */
  scopesOutsidePlan?: string[] | undefined
  /** `false`: the sent credentials do not exist, `/apptoken` refuses them. */
  clientExists?: boolean | undefined
  /** How long after the callback the client starts to work. */
  worksAfterMs?: number | undefined
  /** Re-install: the earlier client is sent again instead of a new one. */
  sameClient?: boolean | undefined
  /** Overrides what the settings say for re-installs and uninstalls. */
  keepOldClient?: boolean | undefined
  /** Announce it to the app's server? Default: yes. */
  deliver?: boolean | undefined
  identity?: IdentityChanges | undefined
}

export type InstallAnswer = {
  accountId: string
  clientId: string | null
  /** Only when the caller gave it. */
  clientSecret?: string | undefined
  grantedScopes: string[]
  delivered: Delivered | null
}

type InstallationDependencies = {
  manifest: AppManifest
  behaviour: Behaviour
  store: StateStore
  identities: ReturnType<typeof createIdentitySigner>
  faults: Faults
  journal: Journal
  callbackUrl: string
  now: () => number
  stopped: AbortSignal
}

/** What a user does in the marketplace, and what Trackunit then sends to the app's server. */
export function createInstallations(dependencies: InstallationDependencies) {
  return {
    install: (request: InstallRequest) => install(dependencies, request),
    uninstall: (request: InstallRequest) => uninstall(dependencies, request),
    /** The last callback again, byte for byte, under a new identity or the same. `undefined`: there was none. */
    redeliver: (accountId: string, options: { sameIdentity?: boolean | undefined }) =>
      redeliver(dependencies, accountId, options),
    /** Any body under any identity; Trackunit's memory does not change. */
    deliver: (callback: Callback) => deliver(dependencies, callback),
  }
}

async function install(dependencies: InstallationDependencies, request: InstallRequest): Promise<InstallAnswer> {
  const { manifest, behaviour, store } = dependencies
  const { clients } = store.state
  const account = accountRecord(store.state, request.accountId)
  const client = clientFor(dependencies, account, request)
  const isOwn = client.accountId === account.accountId

  if (isOwn && request.clientExists !== false) {
    if (request.grantedScopes) client.grantedScopes = request.grantedScopes
    if (request.scopesOutsidePlan) client.scopesOutsidePlan = request.scopesOutsidePlan
    const keepsOld = request.keepOldClient ?? behaviour.keepClientAfterReinstall
    if (account.clientId !== null && account.clientId !== client.clientId && !keepsOld) {
      delete clients[account.clientId]
    }
    clients[client.clientId] = client
    account.clientId = client.clientId
  }
  account.isInstalled = true
  await store.save()

  const body = {
    type: 'INSTALLED',
    irisAppId: request.irisAppId ?? manifest.irisAppId,
    accountId: request.accountId,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
  }
  return {
    accountId: account.accountId,
    clientId: client.clientId,
    ...(request.clientSecret === undefined ? {} : { clientSecret: request.clientSecret }),
    grantedScopes: client.grantedScopes,
    delivered: await announce(dependencies, account, { body, request }),
  }
}

async function uninstall(dependencies: InstallationDependencies, request: InstallRequest): Promise<InstallAnswer> {
  const { manifest, behaviour, store } = dependencies
  const account = accountRecord(store.state, request.accountId)
  const { clientId } = account
  if (clientId !== null && !(request.keepOldClient ?? behaviour.keepClientAfterUninstall)) {
    delete store.state.clients[clientId]
    account.clientId = null
  }
  account.isInstalled = false
  await store.save()

  const body = {
    type: 'UNINSTALLED',
    irisAppId: request.irisAppId ?? manifest.irisAppId,
    accountId: request.accountId,
  }
  const delivered = await announce(dependencies, account, { body, request })
  return { accountId: account.accountId, clientId, grantedScopes: [], delivered }
}

/** The client that the callback will carry: an existing one, or a new one. */
function clientFor(
  { manifest, store: { state }, now }: InstallationDependencies,
  account: Account,
  request: InstallRequest,
): Client {
  const previous = account.clientId === null ? undefined : state.clients[account.clientId]
  const given = request.clientId === undefined ? undefined : state.clients[request.clientId]
  if (given && given.accountId !== account.accountId) {
    return { ...given, clientSecret: request.clientSecret ?? given.clientSecret }
  }
  if (request.sameClient && previous) return previous

  return {
    clientId: request.clientId ?? newClientId(),
    clientSecret: request.clientSecret ?? given?.clientSecret ?? newClientSecret(),
    accountId: account.accountId,
    grantedScopes: request.grantedScopes ?? manifest.scopes.map(({ scope }) => scope),
    scopesOutsidePlan: request.scopesOutsidePlan ?? [],
    worksFrom: now() + (request.worksAfterMs ?? 0),
  }
}

async function announce(
  dependencies: InstallationDependencies,
  account: Account,
  announced: { body: { irisAppId: string; accountId: string }; request: InstallRequest },
): Promise<Delivered | null> {
  if (announced.request.deliver === false) return null
  const { identities, store } = dependencies
  const body = JSON.stringify(announced.body)
  const identity = await identities.sign(announced.body, announced.request.identity)
  account.lastCallback = { body, identity }
  await store.save()
  return deliver(dependencies, { body, identity })
}

async function redeliver(
  dependencies: InstallationDependencies,
  accountId: string,
  { sameIdentity }: { sameIdentity?: boolean | undefined },
): Promise<Delivered | undefined> {
  const { lastCallback } = accountRecord(dependencies.store.state, accountId)
  if (!lastCallback) return undefined
  const { body } = lastCallback
  const identity = sameIdentity ? lastCallback.identity : await dependencies.identities.sign(JSON.parse(body))
  return deliver(dependencies, { body, identity })
}

type Callback = { body: string; identity: string | undefined; contentType?: string | undefined }

async function deliver(
  { faults, journal, callbackUrl, stopped }: InstallationDependencies,
  callback: Callback,
): Promise<Delivered> {
  const fault = faults.take('callback')
  if (fault?.hang) return { status: null, body: null, error: 'not sent: the fault "callback" is on', tookMs: 0 }
  if (fault?.delayMs) await pause(fault.delayMs, stopped)

  journal.count('POST callback')
  const delivered = await deliverCallback({ url: callbackUrl, ...callback })
  const { accountId, type } = subjectOf(callback.body)
  journal.saw({
    what: 'POST callback',
    status: delivered.status ?? 0,
    accountId,
    operation: type,
    problem: delivered.error ?? problemOf(JSON.stringify(delivered.body)),
    tookMs: delivered.tookMs,
    request: {
      address: `POST ${callbackUrl}`,
      headers: {
        'content-type': callback.contentType ?? 'application/json',
        'trackunit-identity': callback.identity ?? 'none',
      },
      body: callback.body,
    },
    answer: delivered.status === null ? null : { headers: {}, body: asText(delivered.body) },
  })
  return delivered
}

/** The account and type of a callback; null for a body that is none. */
function subjectOf(body: string): { accountId: string | null; type: string | null } {
  try {
    const { accountId, type } = JSON.parse(body)
    return { accountId: asName(accountId), type: typeof type === 'string' ? type : null }
  } catch {
    return { accountId: null, type: null }
  }
}

const asName = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : null)
const asText = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))
