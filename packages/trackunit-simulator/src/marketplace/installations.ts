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
  /** As it will stand in the callback. */
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
  /** Re-install: the client from before is sent again instead of a new one. */
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
  const { manifest, behaviour, store, identities, faults, journal, callbackUrl, now, stopped } = dependencies
  const { state } = store
  const allScopes = manifest.scopes.map(({ scope }) => scope)

  async function send(callback: { body: string; identity: string | undefined; contentType?: string | undefined }) {
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

  async function announce(account: Account, content: { body: object; identity?: IdentityChanges | undefined }) {
    const subject = content.body as { irisAppId: string; accountId: string }
    const body = JSON.stringify(content.body)
    const identity = await identities.sign(subject, content.identity)
    account.lastCallback = { body, identity }
    await store.save()
    return send({ body, identity })
  }

  /** The client that the callback will carry; created here unless it is known or must not exist. */
  function clientFor(account: Account, request: InstallRequest): Client {
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
      grantedScopes: request.grantedScopes ?? allScopes,
      scopesOutsidePlan: request.scopesOutsidePlan ?? [],
      worksFrom: now() + (request.worksAfterMs ?? 0),
    }
  }

  async function install(request: InstallRequest): Promise<InstallAnswer> {
    const account = accountRecord(state, request.accountId)
    const client = clientFor(account, request)
    const isOwn = client.accountId === account.accountId

    if (isOwn && request.clientExists !== false) {
      if (request.grantedScopes) client.grantedScopes = request.grantedScopes
      if (request.scopesOutsidePlan) client.scopesOutsidePlan = request.scopesOutsidePlan
      const keepsOld = request.keepOldClient ?? behaviour.keepClientAfterReinstall
      if (account.clientId !== null && account.clientId !== client.clientId && !keepsOld) {
        delete state.clients[account.clientId]
      }
      state.clients[client.clientId] = client
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
      delivered: request.deliver === false ? null : await announce(account, { body, identity: request.identity }),
    }
  }

  async function uninstall(request: InstallRequest): Promise<InstallAnswer> {
    const account = accountRecord(state, request.accountId)
    const { clientId } = account
    if (clientId !== null && !(request.keepOldClient ?? behaviour.keepClientAfterUninstall)) {
      delete state.clients[clientId]
      account.clientId = null
    }
    account.isInstalled = false
    await store.save()

    const body = {
      type: 'UNINSTALLED',
      irisAppId: request.irisAppId ?? manifest.irisAppId,
      accountId: request.accountId,
    }
    return {
      accountId: account.accountId,
      clientId,
      grantedScopes: [],
      delivered: request.deliver === false ? null : await announce(account, { body, identity: request.identity }),
    }
  }

  return {
    install,
    uninstall,

    /** The last callback again, byte for byte, under a new identity or the same. `undefined`: there was none. */
    async redeliver(accountId: string, options: { sameIdentity?: boolean | undefined }) {
      const { lastCallback } = accountRecord(state, accountId)
      if (!lastCallback) return undefined

      const { body } = lastCallback
      const identity = options.sameIdentity ? lastCallback.identity : await identities.sign(JSON.parse(body))
      return send({ body, identity })
    },

    /** Any body under any identity; Trackunit's memory does not change. */
    deliver: send,

    async accounts() {
      return Object.values(state.accounts)
    },
  }
}

/** What a callback says of itself, if it is one. */
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
