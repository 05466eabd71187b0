import type { ErrorReason } from '@standin/contracts'
import { accessOf, findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import type { ActionCatalogue } from '../actions/action-catalogue.ts'
import type { AccountAllows } from '../actions/allowed-action.ts'
import type { AnyAction } from '../actions/define-action.ts'
import { startBackgroundLoop } from '../background-loop.ts'
import { buildDelivery } from '../deliveries/build-delivery.ts'
import { hasOpenDeliveries } from '../deliveries/delivery-store.ts'
import { sendOnItsWay } from '../deliveries/send-on-its-way.ts'
import { createMachineRegister } from '../machines/create-machine-register.ts'
import { createAgeOut } from '../retention/age-out.ts'
import { createKeptUntil } from '../retention/kept-until.ts'
import { buildRuns } from '../runs/build-runs.ts'
import { buildSchedules } from '../schedules/build-schedules.ts'
import { StandinError } from '../standin-error.ts'
import type { AccountScopes } from '../tokens/account-scopes.ts'
import type { IssueToken } from '../tokens/issue-token.ts'
import { createAccountClient } from '../trackunit/account-client.ts'
import { isGraphqlRefused } from '../trackunit/rate-budget-store.ts'
import type { RateLimits } from '../trackunit/rate-limits.ts'
import type { Foundation } from './open-foundation.ts'

const ageOutEveryMs = 3_600_000

interface Given {
  catalogue: ActionCatalogue
  issueToken: IssueToken
  rateLimits: RateLimits
}

export type Runs = Awaited<ReturnType<typeof startRuns>>

/** The makers' actions: what may start them, works on them, carries their results away and lets them age. */
export async function startRuns(foundation: Foundation, { catalogue, issueToken, rateLimits }: Given) {
  const { config, db, vault, clock, log, listener, closers, userAgent, directUrl, metrics } = foundation
  const scopesOf = async (accountId: string): Promise<AccountAllows> => {
    const [inForce, isRefused] = await Promise.all([
      findCredentialsInForce(db, accountId),
      isGraphqlRefused(db, accountId),
    ])
    return { ...inForce, isGraphqlRefused: isRefused }
  }
  /** Nothing where the account is not served for such a reason; a database that is down stays an error. */
  const scopesUnless = (isSuch: (reason: ErrorReason) => boolean) => (accountId: string) =>
    scopesOf(accountId).catch((error: unknown) => {
      if (error instanceof StandinError && isSuch(error.reason)) return undefined
      throw error
    })
  const scopesIfServed = scopesUnless(() => true)

  const keptUntil = createKeptUntil(config.retention)
  const { signingSecretOf, checkDestinations, startDelivering } = buildDelivery({
    ...{ db, vault, clock, log, listener, closers, userAgent },
    app: config.app,
    config: config.delivery,
    titleOf: (actionId) => catalogue.find(actionId)?.title,
    keptUntil,
  })
  const { queue, events, startWorking } = await buildRuns({
    ...{ db, clock, log, listener, closers, directUrl },
    findAction: catalogue.find,
    trackunitFor: ({ id, accountId, urgency }, action, { signal, cut }) =>
      createAccountClient(
        { apiUrl: config.trackunit.apiUrl, userAgent },
        {
          ...{ fetch, clock, signal, cut },
          token: tokensOfRun(issueToken, { id, accountId, action, scopesOf }),
          limits: rateLimits.limitsFor({ accountId, isUrgent: urgency === 0 }, signal),
        },
      ),
    machinesFor: (run) => createMachineRegister(db, run),
    grantedScopesOf: async (accountId) => (await scopesIfServed(accountId))?.grantedScopes,
    accessOf: (accountId) => accessOf(db, accountId),
    async onEnd(tx, run) {
      await sendOnItsWay(tx, run)
      metrics.countEndedRun(run)
    },
    artifactBytesPerAccount: config.artifactBytesPerAccount,
    hasOpenDeliveries: (runId) => hasOpenDeliveries(db, runId),
  })
  /** What is asked before a run is accepted. */
  const starting = {
    findAction: catalogue.find,
    scopesOf: scopesUnless((reason) => reason === 'CREDENTIALS_PENDING'),
    checkDestinations,
  }
  const { manage, startStarting } = buildSchedules({ ...{ db, queue, clock, log, listener, closers }, ...starting })
  if (config.parts.includes('worker')) {
    await startDelivering()
    await startWorking()
    await startStarting()
    const ageOut = createAgeOut({ db, clock, policy: config.retention })
    closers.push(startBackgroundLoop(ageOut, { everyMs: ageOutEveryMs, log, name: 'age-out' }).stop)
  }
  return {
    ...{ catalogue, queue, events, starting, keptUntil, signingSecretOf, scopesIfServed },
    manageSchedules: manage,
  }
}

interface TokensOfRun {
  id: string
  accountId: string
  action: Pick<AnyAction, 'scopes' | 'optionalScopes'>
  scopesOf: (accountId: string) => Promise<AccountScopes>
}

/** With the action's scopes, and of its optional ones those that the account granted. */
function tokensOfRun(issueToken: IssueToken, { id, accountId, action, scopesOf }: TokensOfRun) {
  return async (rejectedFingerprint?: string) => {
    const { scopes, optionalScopes = [] } = action
    const granted = optionalScopes.length > 0 ? (await scopesOf(accountId)).grantedScopes : []
    const wanted = [...scopes, ...optionalScopes.filter((scope) => granted.includes(scope))]
    return issueToken(
      { kind: 'system', id: `run ${id}` },
      { accountId, scopes: wanted, ...(rejectedFingerprint !== undefined && { rejectedFingerprint }) },
    )
  }
}
