import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ErrorReason, StandinApp } from '@standin/contracts'
import { createAuthenticate } from './access/authenticate.ts'
import { createKeyDirectory } from './access/key-directory.ts'
import { createRefusedTokenObserver } from './access/observe-refused-token.ts'
import { saveObservedTokens } from './access/observed-token-store.ts'
import { createRequestLimits } from './access/request-limits.ts'
import { verifyAppToken } from './access/user-token.ts'
import { createAuditProcedures } from './audit/audit-procedures.ts'
import { buildAudit } from './audit/build-audit.ts'
import { startBackgroundLoop } from './background-loop.ts'
import { registerCallbackRoute } from './callbacks/callback-route.ts'
import { createKeySet } from './callbacks/key-set.ts'
import { createKeySetStore } from './callbacks/key-set-store.ts'
import { startCallbacks } from './callbacks/start-callbacks.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Environment } from './config/environment-schema.ts'
import type { Part } from './config/parts.ts'
import { type Config, readConfig } from './config.ts'
import { listCredentials } from './credentials/credential-store.ts'
import { findCredentialsInForce } from './credentials/credentials-in-force.ts'
import { approveCredentials, refuseCredentials } from './credentials/decide-credentials.ts'
import { publishKeys } from './credentials/encryption-keys/publish-keys.ts'
import { createEraseAbandoned } from './credentials/erase-abandoned.ts'
import { createProveCredentials } from './credentials/prove-credentials.ts'
import { createVault } from './credentials/vault.ts'
import { connectDatabase } from './database/database.ts'
import { watchDatabase } from './database/database-watch.ts'
import { createListener } from './database/listen.ts'
import { migrateDatabase } from './database/migrate.ts'
import { openDatabase } from './database/open-database.ts'
import { registerHealthRoutes } from './http/health-route.ts'
import { createHttpServer } from './http/http-server.ts'
import { registerOpenApiRoute } from './http/openapi-route.ts'
import { createRouter } from './http/router.ts'
import { createContracted } from './http/trpc.ts'
import { registerTrpcRoute } from './http/trpc-route.ts'
import { confirmUninstall } from './installations/confirm-uninstall.ts'
import { describeInstallation } from './installations/describe-installation.ts'
import { dismissUninstall } from './installations/dismiss-uninstall.ts'
import { createInstallationEvents } from './installations/installation-events.ts'
import { createInstallationProcedures } from './installations/installation-procedures.ts'
import { findInstallation, listAccounts } from './installations/installation-store.ts'
import { registerLifecycleRoute } from './installations/lifecycle-route.ts'
import { createSignalLifecycle } from './installations/signal-lifecycle.ts'
import { createUninstall } from './installations/uninstall.ts'
import { createLogger, type Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import { serveMetrics } from './observability/metrics-server.ts'
import { countForMetrics } from './observability/metrics-store.ts'
import { createActionCatalogue } from './runs/action-catalogue.ts'
import { createActionProcedures } from './runs/action-procedures.ts'
import { createArtifactLinks } from './runs/artifacts/artifact-link.ts'
import { createArtifactProcedures } from './runs/artifacts/artifact-procedures.ts'
import { registerArtifactRoute } from './runs/artifacts/artifact-route.ts'
import { accountOfArtifact } from './runs/artifacts/artifact-store.ts'
import { createLinkArtifact } from './runs/artifacts/link-artifact.ts'
import { buildRuns } from './runs/build-runs.ts'
import type { AnyAction } from './runs/define-action.ts'
import { buildDelivery } from './runs/delivery/build-delivery.ts'
import { createDeliveryProcedures } from './runs/delivery/delivery-procedures.ts'
import { deliveriesOfRuns, hasOpenDeliveries } from './runs/delivery/delivery-store.ts'
import { sendOnItsWay } from './runs/delivery/send-on-its-way.ts'
import { createShowSigningSecret } from './runs/delivery/show-signing-secret.ts'
import { createFilterProcedures } from './runs/filters/filter-procedures.ts'
import { createMachineRegister } from './runs/machines/create-machine-register.ts'
import { createRateLimits } from './runs/rate-limits.ts'
import { createCheckMayRead } from './runs/read-right.ts'
import { createReadResult } from './runs/results/read-result.ts'
import { createResultProcedures } from './runs/results/result-procedures.ts'
import { createAgeOut } from './runs/retention/age-out.ts'
import { createRunProcedures } from './runs/run-procedures.ts'
import { accountOfRun, usualSecondsOf } from './runs/run-store.ts'
import { buildSchedules } from './runs/schedules/build-schedules.ts'
import { createScheduleProcedures } from './runs/schedules/schedule-procedures.ts'
import { accountOfSchedule, findSchedule } from './runs/schedules/schedule-store.ts'
import { createStartRun } from './runs/start-run.ts'
import { StandinError } from './standin-error.ts'
import { buildTokens } from './tokens/build-tokens.ts'
import { findTrackunitTrouble } from './tokens/exchange-store.ts'
import { createIssueToCaller } from './tokens/issue-to-caller.ts'
import type { IssueToken } from './tokens/issue-token.ts'
import { negotiateScopes } from './tokens/negotiate-scopes.ts'
import { createHandOutSpool } from './tokens/outage/hand-out-spool.ts'
import { createTokenEndpoint } from './tokens/token-endpoint.ts'
import { createTokenProcedures } from './tokens/token-procedures.ts'
import { registerTokenRoute } from './tokens/token-route.ts'
import { createAccountClient } from './trackunit/account-client.ts'
import { whenUninstalled } from './when-uninstalled.ts'

const version = '0.1.0'
const credentialPatienceMs = 15 * 60_000
const provingEveryMs = 1_000
const observeEveryMs = 5_000
const sweepingEveryMs = 3_600_000

/** What a maker declares: who the app is, and what it does in the background. */
export interface MakersParts {
  /** What `standin.config.ts` exports. */
  app: StandinApp
  actions: readonly AnyAction[]
}

export interface Standin {
  /**
   * Builds the whole server, each part when what it needs is there, and starts it.
   * @throws ConfigError with one line for each thing that is wrong in `standin.config.ts` or the environment
   */
  start(environment: Environment): Promise<RunningStandin>
}

export interface RunningStandin {
  /** Where it listens, without a path. */
  url: string
  /** Ends in the reverse order of the start; runs are handed over to other replicas. */
  stop(): Promise<void>
}

/** Standin for one app. Nothing happens before `start`. */
export function createStandin({ app, actions }: MakersParts): Standin {
  return {
    async start(environment) {
      const config = readConfig(app, environment, (line) => process.stderr.write(`${line}\n`))
      const log = createLogger(config.logLevel)
      const closers: Array<() => Promise<unknown>> = []
      const stop = async () => {
        for (const close of closers.splice(0).reverse())
          await close().catch((error: unknown) => log.error({ err: error }, 'stopping'))
      }
      try {
        return { url: await build(config, { actions, log, clock: systemClock, closers }), stop }
      } catch (error) {
        await stop()
        throw error
      }
    },
  }
}

interface Surroundings {
  actions: readonly AnyAction[]
  log: Logger
  clock: Clock
  /** What was started, in order; each ends what stands before it in the list can still be used. */
  closers: Array<() => Promise<unknown>>
}

/** @returns the address that it listens on */
async function build(config: Config, { actions, log, clock, closers }: Surroundings): Promise<string> {
  const manifestScopes = config.app.scopes.map(({ scope }) => scope)
  const userAgent = `Standin/${version} (${config.app.id})`
  const catalogue = createActionCatalogue(actions, manifestScopes)

  const database = await openDatabase(config.database, (line) => log.info(line))
  closers.push(database.close)
  const { db, cut, close } = connectDatabase(database.url, { pooled: database.pooled })
  closers.push(close)
  await migrateDatabase(database.directUrl)
  const audit = buildAudit({
    ...{ db, clock, log },
    policy: { keys: config.keys.audit, retentionMs: config.auditRetentionMs },
  })
  closers.push(await audit.start())
  const listener = createListener(database.directUrl)
  closers.push(listener.close)
  const watch = watchDatabase({ ...database, cut, clock, replica: listener.replica })
  closers.push(watch.close)

  const metrics = createMetrics({ count: () => countForMetrics(db) })
  closers.push(await serveMetrics(metrics, config.metrics, log))

  const vault = createVault(config.keys.encryption)
  const uninstall = createUninstall(whenUninstalled)

  await publishKeys({ db, ring: config.keys.encryption, replica: listener.replica, log })

  const has = (part: Part) => config.parts.includes(part)
  const server = await createHttpServer(config.http, log)
  registerHealthRoutes(server, { watch, outageServeMs: config.outageServeMs, parts: config.parts })
  const users = config.userTokens && {
    keys: createKeySet(
      { url: config.userTokens.jwksUrl, cooldownMs: config.userTokens.jwksCooldownMs, userAgent },
      { clock, fetch, store: createKeySetStore(db) },
    ),
    policy: { ...config.userTokens, appId: config.app.id },
  }
  const addressOf = () => {
    const bound = server.server.address()
    return `http://${config.http.host}:${typeof bound === 'object' && bound ? bound.port : config.http.port}`
  }
  const listen = async () => {
    closers.push(() => server.close())
    await server.listen({ port: config.http.port, host: config.http.host })
    log.info({ url: addressOf(), app: config.app.id, parts: config.parts }, 'Standin listens')
    return addressOf()
  }

  // 1. Callbacks
  if (has('callbacks')) {
    const { receiveCallback, rejected, stop } = startCallbacks({
      ...{ db, vault, clock, log, uninstall, userAgent, fetch, newId: randomUUID },
      config: config.callback,
      appId: config.app.id,
    })
    closers.push(stop)
    await registerCallbackRoute(server, {
      receiveCallback: metrics.counted('callbacks', receiveCallback, ({ status }) => status),
      rejected,
      clock,
      pathSecrets: config.callback.pathSecrets,
    })
    registerLifecycleRoute(server, {
      clock,
      log,
      verifyAppToken: users && ((token, arrivedAtMs) => verifyAppToken(token, arrivedAtMs, { ...users, clock })),
      signalLifecycle: createSignalLifecycle({ db, clock }),
    })
  }
  if (!has('api') && !has('worker')) return listen()

  // 2. Credentials
  const rateLimits = createRateLimits({ db, clock, log, perSecond: config.trackunit.maxRequestsPerS })
  const exchange = createTokenEndpoint({ url: config.trackunit.tokenUrl, userAgent }, { fetch, clock })
  const limitedExchange: typeof exchange = async (...asked) => {
    const turn = await rateLimits.beforeExchange()
    return turn.isTaken
      ? exchange(...asked)
      : { outcome: 'failed', failure: 'rate-limited', retryAfterMs: turn.retryAfterMs }
  }
  const requestToken = metrics.counted('exchanges', limitedExchange, (exchanged) =>
    exchanged.outcome === 'failed' ? exchanged.failure : exchanged.outcome,
  )
  const { proveDue, park } = createProveCredentials({
    db,
    vault,
    clock,
    log,
    uninstall,
    replicaId: listener.replica.id,
    negotiate: (credentials) => negotiateScopes(requestToken, credentials, config.app.scopes),
    policy: {
      reinstallPolicy: config.callback.reinstallPolicy,
      accountClaim: config.trackunit.accountClaim,
      patienceMs: credentialPatienceMs,
      abandonedAfterMs: config.callback.abandonedAfterMs,
    },
  })
  if (has('worker')) {
    const proving = startBackgroundLoop(proveDue, { everyMs: provingEveryMs, log, name: 'prove-credentials' })
    closers.push(proving.stop)
    await listener.on('credentials_pending', proving.wake, proving.wake)
    const eraseAbandoned = createEraseAbandoned({ db, clock, abandonedAfterMs: config.callback.abandonedAfterMs })
    closers.push(startBackgroundLoop(eraseAbandoned, { everyMs: sweepingEveryMs, log, name: 'erase-abandoned' }).stop)
  }

  // 3. Tokens
  const { issueToken, startRefreshing } = await buildTokens({
    ...{ db, vault, clock, log, listener, requestToken, manifestScopes },
    recordHandOut: metrics.counted('handOuts', audit.record, (isWritten) => (isWritten ? 'database' : 'refused')),
    findCredentialsInForce: (accountId) => findCredentialsInForce(db, accountId),
    onRefused: park,
    accountClaim: config.trackunit.accountClaim,
    outage: {
      ...{
        watch,
        outageServeMs: config.outageServeMs,
        recordSpooled: metrics.counted('handOuts', audit.recordSpooled, () => 'spool'),
      },
      spool: createHandOutSpool(
        { dir: join(config.database.embeddedDir, 'spool'), outageServeMs: config.outageServeMs },
        clock,
      ),
    },
  })
  closers.push(startRefreshing({ ahead: has('worker') }))

  // 4. Runs
  const grantedScopesOf = async (accountId: string) => (await findCredentialsInForce(db, accountId)).grantedScopes
  /** Trackunit does not say how an account reads times; whoever made a schedule did. */
  const habitsKnown = async ({ scheduleId }: { scheduleId: string | null }) => ({
    timeZone: scheduleId === null ? null : ((await findSchedule(db, scheduleId))?.timeZone ?? null),
    unitSystem: null,
  })
  const { signingSecretOf, checkDestinations, startDelivering } = buildDelivery({
    ...{ db, vault, clock, log, listener, closers, userAgent },
    app: config.app,
    config: config.delivery,
    titleOf: (actionId) => catalogue.find(actionId)?.title,
    habitsOf: habitsKnown,
  })
  const {
    queue,
    events: runEvents,
    startWorking,
  } = await buildRuns({
    ...{ db, clock, log, listener, closers },
    directUrl: database.directUrl,
    findAction: catalogue.find,
    trackunitFor: ({ id, accountId, urgency }, action, signal) =>
      createAccountClient(
        { apiUrl: config.trackunit.apiUrl, userAgent },
        {
          ...{ fetch, clock, signal },
          token: tokensOfRun(issueToken, { id, accountId, action, grantedScopesOf }),
          limits: rateLimits.limitsFor({ accountId, isUrgent: urgency === 0 }, signal),
        },
      ),
    machinesFor: ({ id, epoch, accountId }) => createMachineRegister(db, { runId: id, epoch, accountId }),
    habitsOf: async ({ accountId, scheduleId }) => ({
      ...(await habitsKnown({ scheduleId })),
      grantedScopes: await grantedScopesOf(accountId).catch(undefinedWhere(() => true)),
    }),
    onEnd: sendOnItsWay,
    artifactBytesPerAccount: config.artifactBytesPerAccount,
    hasOpenDeliveries: (runId) => hasOpenDeliveries(db, runId),
  })
  const starting = {
    findAction: catalogue.find,
    grantedScopesOf: (accountId: string) =>
      grantedScopesOf(accountId).catch(undefinedWhere((reason) => reason === 'CREDENTIALS_PENDING')),
    checkDestinations,
  }
  const { manage, startStarting } = buildSchedules({ ...{ db, queue, clock, log, listener, closers }, ...starting })
  if (has('worker')) {
    await startDelivering()
    await startWorking()
    await startStarting()
    const ageOut = createAgeOut({ db, clock, policy: config.retention })
    closers.push(startBackgroundLoop(ageOut, { everyMs: sweepingEveryMs, log, name: 'age-out' }).stop)
  }
  if (!has('api')) return listen()
  const installationEvents = await createInstallationEvents({ db, listener })

  // The edges
  const contracted = createContracted(
    {
      accountOfRun: (runId) => accountOfRun(db, runId),
      accountOfSchedule: (scheduleId) => accountOfSchedule(db, scheduleId),
      accountOfArtifact: (artifactId) => accountOfArtifact(db, artifactId),
    },
    { administratorScopes: config.userTokens?.administratorScopes },
  )
  const checkMayRead = createCheckMayRead({ findAction: catalogue.find })
  const keyDirectory = await createKeyDirectory({
    ...{ db, listener, clock },
    policy: { outageServeMs: config.outageServeMs },
  })
  const links = createArtifactLinks({
    keys: config.keys.links,
    clock,
    publicUrl: () => config.http.publicUrl ?? addressOf(),
  })
  registerArtifactRoute(server, { db, links })
  const refusedTokens = createRefusedTokenObserver({
    ...{ clock, appId: config.app.id, save: (observed) => saveObservedTokens(db, observed) },
  })
  const observing = startBackgroundLoop(refusedTokens.flush, { everyMs: observeEveryMs, log, name: 'observe-tokens' })
  closers.push(observing.stop)
  const authenticate = createAuthenticate({
    clock,
    keys: keyDirectory,
    limits: createRequestLimits(config.limits),
    users,
    observeRefused: refusedTokens.observe,
  })
  const issueToCaller = createIssueToCaller({ issueToken, clock, allowedCacheMs: config.tokenCacheForMs })
  await registerTokenRoute(server, { authenticate, issueToCaller, clock })
  registerOpenApiRoute(server, { version, serverUrl: () => config.http.publicUrl ?? addressOf() })
  await registerTrpcRoute(server, {
    clock,
    authenticate,
    router: createRouter({
      token: createTokenProcedures({ contracted, issueToCaller }),
      installation: createInstallationProcedures({
        contracted,
        describe: async (accountId) =>
          describeInstallation(accountId, {
            installation: await findInstallation(db, accountId),
            rows: await listCredentials(db, accountId),
            requestedScopes: manifestScopes,
            trackunit: await findTrackunitTrouble(db, accountId),
          }),
        listAccounts: (accounts, page) => listAccounts(db, accounts, page),
        events: installationEvents,
        currentService: keyDirectory.current,
        decisions: {
          approve: (decision) => approveCredentials(db, decision),
          refuse: (decision) => refuseCredentials(db, decision),
          confirmUninstall: (decision) => confirmUninstall(decision, { db, uninstall }),
          dismissUninstall: (decision) => dismissUninstall(decision, { db }),
        },
      }),
      action: createActionProcedures({
        contracted,
        catalogue,
        grantedScopesOf: (accountId) => grantedScopesOf(accountId).catch(undefinedWhere(() => true)),
        usualSecondsOf: (accountId) => usualSecondsOf(db, accountId),
      }),
      run: {
        ...createRunProcedures({
          ...{ contracted, db, queue, clock },
          events: runEvents,
          deliveriesOf: (runIds) => deliveriesOfRuns(db, runIds),
          startRun: createStartRun({ db, queue, ...starting }),
          checkMayCancel: checkMayRead,
        }),
        ...createResultProcedures({ contracted, readResult: createReadResult({ db, checkMayRead }) }),
      },
      schedule: createScheduleProcedures({
        ...{ contracted, db, clock },
        manage,
      }),
      delivery: createDeliveryProcedures({
        contracted,
        showSigningSecret: createShowSigningSecret({ db, signingSecretOf }),
      }),
      artifact: createArtifactProcedures({
        contracted,
        linkArtifact: createLinkArtifact({ db, links, checkMayRead }),
      }),
      filter: createFilterProcedures({ contracted, db }),
      audit: createAuditProcedures({ contracted, db }),
    }),
  })
  return listen()
}

interface TokensOfRun {
  id: string
  accountId: string
  action: Pick<AnyAction, 'scopes' | 'optionalScopes'>
  grantedScopesOf: (accountId: string) => Promise<readonly string[]>
}

/** With the action's scopes, and of its optional ones those that the account granted. */
function tokensOfRun(issueToken: IssueToken, { id, accountId, action, grantedScopesOf }: TokensOfRun) {
  return async (rejectedFingerprint?: string) => {
    const { scopes, optionalScopes = [] } = action
    const granted = optionalScopes.length > 0 ? await grantedScopesOf(accountId) : []
    const wanted = [...scopes, ...optionalScopes.filter((scope) => granted.includes(scope))]
    return issueToken(
      { kind: 'system', id: `run ${id}` },
      { accountId, scopes: wanted, ...(rejectedFingerprint !== undefined && { rejectedFingerprint }) },
    )
  }
}

/** Nothing where an account is not served for such a reason; a database that is down stays an error. */
function undefinedWhere(isSuch: (reason: ErrorReason) => boolean) {
  return (error: unknown): undefined => {
    if (error instanceof StandinError && isSuch(error.reason)) return undefined
    throw error
  }
}
