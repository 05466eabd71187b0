import { setTimeout as pause } from 'node:timers/promises'
import { procedures, type StandinApp } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import { createAccessMemory } from './access/access-context.ts'
import { saveForwarding } from './access/observe-forwarding.ts'
import { saveRefusedTokens } from './access/refused-tokens.ts'
import { noteInstallationChange, noteRunsChange } from './accounts/account-changes.ts'
import { countAccounts, readAccountCounts } from './accounts/account-count-store.ts'
import { createAccountsMemory } from './accounts/accounts-context.ts'
import { ageOutAccounts } from './accounts/age-out-accounts.ts'
import { credentialsDue, oldestDueProofS } from './accounts/due-credential-store.ts'
import { eraseAbandoned } from './accounts/erase-abandoned.ts'
import { settleUninstalls } from './accounts/erase-data.ts'
import { wakeEventReaders } from './accounts/installation-events.ts'
import { installationProcedures } from './accounts/installation-procedures.ts'
import { registerLifecycleRoute } from './accounts/lifecycle-signal/lifecycle-route.ts'
import { proveDueCredentials } from './accounts/prove-credentials.ts'
import { reviewsDue, uninstallsDue } from './accounts/stopped-account-store.ts'
import { type ActionCatalogue, createActionCatalogue } from './actions/action-catalogue.ts'
import { actionProcedures } from './actions/action-procedures.ts'
import type { AnyAction } from './actions/define-action.ts'
import { openWork } from './actions/open-work.ts'
import { checkMayReadAny } from './actions/readable-actions.ts'
import { runProcedures } from './actions/run-procedures.ts'
import { auditProcedures } from './activity/activity-procedures.ts'
import { unchainedDue } from './audit/chain-store.ts'
import { retainAudit } from './audit/retain-audit.ts'
import { logChainHeads, sealAll, sealEntries } from './audit/seal-entries.ts'
import { type BackgroundLoop, type LoopRow, startBackgroundLoop } from './background-loop.ts'
import { ageOutCallbacks } from './callbacks/age-out-callbacks.ts'
import { registerCallbackRoute } from './callbacks/callback-route.ts'
import { type CallbacksContext, createCallbacksMemory } from './callbacks/callbacks-context.ts'
import { countHeld, unverifiedDue } from './callbacks/held/held-callback-store.ts'
import { saveRejections } from './callbacks/rejected/count-rejections.ts'
import { verifyUnverified } from './callbacks/unverified/verify-unverified.ts'
import { systemClock } from './clock.ts'
import { type Config, readConfig } from './config/config.ts'
import type { Environment } from './config/environment-schema.ts'
import type { Part } from './config/parts.ts'
import { createConsole } from './console/serve-console.ts'
import { openReplica, type ReplicaContext } from './context.ts'
import type { Channel } from './database/listen.ts'
import { addMonthsAhead } from './database/month-partitions.ts'
import { sweepDue } from './database/sweep-store.ts'
import { announceEnds } from './deliveries/announce-ends.ts'
import { deliverDue } from './deliveries/deliver-due.ts'
import type { DeliveriesContext } from './deliveries/deliveries-context.ts'
import { deliveryProcedures } from './deliveries/delivery-procedures.ts'
import { deliveriesDue, deliveriesOfRuns, hasOpenDeliveries, oldestDueDeliveryS } from './deliveries/delivery-store.ts'
import { queueDeliveriesOf } from './deliveries/queue-deliveries.ts'
import { receiverProcedures } from './deliveries/receiver-procedures.ts'
import { sendEmail } from './deliveries/send-email.ts'
import { createSendTimes } from './deliveries/send-times.ts'
import { sendWebhook } from './deliveries/send-webhook.ts'
import { createSlowReceivers } from './deliveries/slow-receivers.ts'
import { drainHttp } from './http/drain-http.ts'
import { fastMutation } from './http/fast-path/fast-mutation.ts'
import { registerHealthRoutes } from './http/health-route.ts'
import { type HttpContext, rememberAccounts } from './http/http-context.ts'
import { createHttpServer } from './http/http-server.ts'
import { registerOpenApiRoute } from './http/rest/openapi-route.ts'
import { registerRestRoutes } from './http/rest/register-rest-routes.ts'
import { contracted, router } from './http/trpc.ts'
import { registerTrpcRoute } from './http/trpc-route.ts'
import { lookForWork, type WaitingLoops } from './look-for-work.ts'
import { filterProcedures } from './machines/filters/filter-procedures.ts'
import { ageOutReadings } from './machines/reading-store.ts'
import { createLogger, type Logger } from './observability/logger.ts'
import { serveMetrics } from './observability/metrics-server.ts'
import { startTraces } from './observability/start-traces.ts'
import { registerReceiverRoute } from './receivers/receiver-route.ts'
import { artifactProcedures } from './results/artifacts/artifact-procedures.ts'
import { registerArtifactRoute } from './results/artifacts/artifact-route.ts'
import { accountOfArtifact, ageOutArtifacts, offerArtifacts } from './results/artifacts/artifact-store.ts'
import { ageOutResults } from './results/result-store.ts'
import { createResultsMemory } from './results/results-context.ts'
import { ageOutRuns } from './runs/age-out-store.ts'
import { interruptCancelled } from './runs/cancel-run.ts'
import { claimDueRuns, handOverRuns, isClaiming, noteRunsDue } from './runs/claim-runs.ts'
import { loseAllRuns, noteHeldRuns, reapRuns } from './runs/reap-runs.ts'
import { runsDue, runsHeld } from './runs/run-lease-store.ts'
import { countOpenRunsByState, stillestRunS } from './runs/run-list-store.ts'
import { accountOfRun } from './runs/run-store.ts'
import { createRunsMemory } from './runs/runs-context.ts'
import { suspendRuns } from './runs/wake-runs.ts'
import { endSchedules, noteAuthors } from './schedules/note-authors.ts'
import { reviewAccounts } from './schedules/review-accounts.ts'
import { scheduleProcedures } from './schedules/schedule-procedures.ts'
import { accountOfSchedule, schedulesDue } from './schedules/schedule-store.ts'
import { startDueSchedules } from './schedules/start-due-schedules.ts'
import { checkKeys } from './secrets/check-keys.ts'
import { publishKeys } from './secrets/publish-keys.ts'
import { signAgain } from './secrets/review-signed-rows.ts'
import { signedTables } from './signed-tables.ts'
import { StandinError } from './standin-error.ts'
import { sweep } from './sweep.ts'
import { issueToCaller } from './tokens/issue-to-caller.ts'
import { drainSpool } from './tokens/outage/drain-spool.ts'
import { refreshDueTokens, saveTokenUses } from './tokens/refresh-ahead.ts'
import { tokensDue } from './tokens/refresh-store.ts'
import { forgetAllInForce, forgetInForce, hearTokenChange, recheckTokens } from './tokens/token-changes.ts'
import { tokenProcedures } from './tokens/token-procedures.ts'
import { fastTokenRoute } from './tokens/token-route.ts'
import { createTokenMemory } from './tokens/tokens-context.ts'
import { sweepBudgets } from './trackunit/rate-budget-store.ts'
import { signInDownForS } from './trackunit/sign-in-outage-store.ts'
import { createTrackunitMemory } from './trackunit/trackunit-context.ts'
import { version } from './version.ts'
import { uninstallHooks } from './when-uninstalled.ts'

// This file is long because it is the map: what is made, what is served, what runs in the background, in that order.

/** What a maker declares: the app, and its background actions. */
export interface MakersParts {
  /** What `standin.config.ts` exports. */
  app: StandinApp
  actions: readonly AnyAction[]
}

export interface Standin {
  /**
   * Builds the whole server and starts it.
   * @throws ConfigError with one line for each mistake in `standin.config.ts` or the environment
   * @throws ActionError for a mistake in an action's declaration
   */
  start(environment: Environment): Promise<RunningStandin>
}

export interface RunningStandin {
  /** Where it listens, without a path. */
  url: string
  /**
   * Stops in the reverse order of the start: not ready at once, requests under way finish, streams end, runs are handed over
   * to other replicas. A second call waits for the first. Takes at most `DRAIN_DELAY_S` and 40 seconds; what is not done by
   * then is cut.
   */
  stop(): Promise<void>
}

/** Standin for one app. Nothing happens before `start`. */
export function createStandin({ app, actions }: MakersParts): Standin {
  return {
    async start(environment) {
      const config = readConfig(app, environment, (line) => process.stderr.write(`${line}\n`))
      const log = createLogger(config.logLevel, undefined, { isDevelopment: !config.production })
      const closers: Closers = []
      let [stopping, beginning]: Array<Promise<void> | undefined> = []
      const withinMs = config.http.drainDelayMs + closesWithinMs
      const close = (atOnce: boolean) => closeAll(closers, { withinMs, atOnce, log })
      const begin = ({ http } = config) => startServer({ ...config, http }, { actions, closers, beginAgain })
      const stop = () =>
        (stopping ??= (async () => {
          await beginning
          await close(false)
        })())
      function beginAgain(): void {
        beginning ??= (async () => {
          await close(true)
          for (let isThere = false; !isThere && !stopping; )
            isThere = await begin({ ...config, http: { ...config.http, port: Number(new URL(url).port) } }).then(
              () => true,
              async (error: unknown) => {
                log.error({ err: error }, 'beginning again after a restore of the database')
                await close(true)
                return pause(beginsAgainAfterMs, false)
              },
            )
          beginning = undefined
        })()
      }
      let url: string
      try {
        url = await begin()
      } catch (error) {
        await stop()
        throw error
      }
      return { url, stop }
    },
  }
}

/** After a failure to begin again, since the database may be on its way to another machine. */
const beginsAgainAfterMs = 1_000

/** Everything that was started, in order; each part stops while the earlier ones still work. */
type Closers = Array<(atOnce: boolean) => Promise<unknown>>

/** In addition to the delay. Longer than everything below takes, unless the database does not answer. */
const closesWithinMs = 40_000
const requestsEndWithinMs = 15_000

/** @param atOnce nothing is waited for, and nothing written: the database is not what this process took it for */
async function closeAll(
  closers: Closers,
  { withinMs, atOnce, log }: { withinMs: number; atOnce: boolean; log: Logger },
): Promise<void> {
  const inOrder = async () => {
    for (const close of closers.splice(0).reverse())
      await close(atOnce).catch((error: unknown) => log.error({ err: error }, 'stopping'))
    return true
  }
  const isDone = await Promise.race([inOrder(), pause(withinMs, false, { ref: false })])
  if (!isDone) log.error({ withinMs }, 'stopping takes too long: what is left is cut')
}

interface Start {
  actions: readonly AnyAction[]
  closers: Closers
  /** Ends everything and starts again, with nothing in memory: the database is another one than before. */
  beginAgain: () => void
}

const unreadableKeys =
  'keys that stored values need are missing, or have other bytes: not ready, all requests are answered 503. Set the keys that the other servers have, and start again'

/** @returns the address that it listens on */
async function startServer(config: Config, { actions, closers, beginAgain }: Start): Promise<string> {
  const log = createLogger(config.logLevel, undefined, { isDevelopment: !config.production })
  const catalogue = createActionCatalogue(actions, manifestScopesOf(config)) // First: it names a maker's mistakes.
  closers.push(await startTraces(config.traces, { version }))
  const replica = await openReplica(config, { clock: systemClock, log, fetch, random: Math.random })
  closers.push(replica.close)

  const server: { http?: FastifyInstance; isStopping: boolean } = { isStopping: false }
  const publicUrl = () => config.http.publicUrl ?? addressOf(config, server.http)
  const ctx = assemble(replica.ctx, catalogue, { publicUrl })
  closers.push(
    async (atOnce) => !atOnce && finishAudit(ctx),
    () => ctx.tokens.spool.close(),
  )
  await ctx.watch.suspect() // So that clocks are compared before anything is judged by them.
  const isBehind = ctx.watch.trouble() === 'behind'
  const unreadable = isBehind ? [] : await checkKeys(ctx, signedTables)
  const isFit = !isBehind && unreadable.length === 0
  ctx.metrics.countMissingKeys(unreadable.length)
  if (isFit) await publishKeys(ctx)
  else if (!isBehind) log.error({ keys: unreadable }, unreadableKeys)
  await hearOthers(ctx)
  const history = { isThere: false, isOther: false }
  replica.onOtherHistory(() => {
    history.isOther = true
    if (history.isThere) beginAgain()
  })
  const operatorsConsole = createConsole({
    ...ctx,
    console: { keysMissing: unreadable, usedCodes: new Set(), stored: undefined },
  })
  closers.push(await serveMetrics(ctx.metrics, config.metrics, log, operatorsConsole))

  const http = await serveHttp(ctx, { publicUrl, unreadable, isFit, isStopping: () => server.isStopping })
  server.http = http
  if (isFit)
    closers.push(
      startLoops(ctx),
      async (atOnce) => (atOnce ? loseAllRuns(ctx) : handOverRuns(ctx)),
      async () => ctx.deliveries.endSends(),
    )
  closers.push(() => http.close())
  await http.listen({ port: config.http.port, host: config.http.host })
  closers.push((atOnce) => {
    server.isStopping = true
    const within = { delayMs: config.http.drainDelayMs, withinMs: requestsEndWithinMs }
    return drainHttp(http, atOnce ? { delayMs: 0, withinMs: 0 } : within)
  })
  const url = addressOf(config, server.http)
  log.info({ url, app: config.app.id, parts: config.parts }, 'Standin listens')
  history.isThere = true
  if (history.isOther) beginAgain()
  return url
}

// 1. What is made. ---------------------------------------------------------------------------------------------------

/** The context of all rules. */
export type StandinContext = DeliveriesContext & CallbacksContext & HttpContext

/**
 * A replica with what each part keeps between calls, and the hooks by which an earlier part reaches a later one. Nothing
 * runs yet.
 */
export function assemble(
  replica: ReplicaContext,
  catalogue: ActionCatalogue,
  { publicUrl }: { publicUrl: () => string },
): StandinContext {
  const accounts = { ...replica, accounts: createAccountsMemory(uninstallHooks) }
  const ctx: StandinContext = {
    ...accounts,
    trackunit: createTrackunitMemory(replica),
    access: createAccessMemory(replica),
    http: rememberAccounts({
      accountOfRun: (...id) => accountOfRun(replica.db, ...id),
      accountOfSchedule: (...id) => accountOfSchedule(replica.db, ...id),
      accountOfArtifact: (...id) => accountOfArtifact(replica.db, ...id),
    }),
    callbacks: createCallbacksMemory(accounts),
    tokens: createTokenMemory(replica),
    runs: createRunsMemory(replica, {
      openWork: (run, signals) => openWork(ctx, run, signals),
      whenEnding: [offerArtifacts],
      whenEnded: [queueDeliveriesOf],
      hasOpenDeliveries: (run) => hasOpenDeliveries(replica.db, run),
    }),
    results: createResultsMemory({ publicUrl, scopesOf: (actionId) => catalogue.find(actionId)?.scopes ?? [] }),
    actions: { ...catalogue, deliveriesOf: ({ db }, rows) => deliveriesOfRuns(db, rows) },
    deliveries: { sendEmail, sendWebhook, slow: createSlowReceivers(), ...createSendTimes() },
  }
  ctx.metrics.measureSpool(ctx.tokens.spool.bytes)
  ctx.metrics.measureDatabase(async () => ({
    openRuns: await countOpenRunsByState(ctx.db),
    heldCallbacks: await countHeld(ctx.db),
    signInDownForS: await signInDownForS(ctx.db),
    oldestDueProofS: await oldestDueProofS(ctx.db),
    oldestDueDeliveryS: await oldestDueDeliveryS(ctx.db),
    stillestRunS: await stillestRunS(ctx.db),
    accounts: await readAccountCounts(ctx.db),
  }))
  ctx.metrics.measureKeySets(() => ({
    callbacks: inSeconds(ctx.trackunit.callbackKeys.ageMs()),
    users: inSeconds(ctx.access.userKeys?.ageMs()),
  }))
  return ctx
}

const inSeconds = (ms: number | undefined) => ms && ms / 1_000

const manifestScopesOf = ({ app }: Config): string[] => app.scopes.map(({ scope }) => scope)

// 2. What is served. -------------------------------------------------------------------------------------------------

/** The server's one port: callbacks from Trackunit, the API for people and services. */
async function serveHttp(
  ctx: StandinContext,
  {
    publicUrl,
    isStopping,
    isFit,
    unreadable,
  }: { publicUrl: () => string; isStopping: () => boolean; isFit: boolean; unreadable: readonly string[] },
): Promise<FastifyInstance> {
  const { parts } = ctx.config
  const isApi = parts.includes('api') && isFit
  const fastIssue = fastMutation(ctx, 'token.issue', procedures.token.issue, (caller, input) =>
    issueToCaller(ctx, caller, input),
  )
  const server = await createHttpServer(ctx, isApi ? [fastTokenRoute(ctx), fastIssue] : [])
  const isWorking = () => !isFit || !parts.includes('worker') || isClaiming(ctx)
  registerHealthRoutes(server, ctx, { isStopping, isWorking, unreadable })
  if (!isFit) {
    const handler = async () => {
      throw new StandinError('STORAGE_UNAVAILABLE', { retryAfterMs: 30 * seconds })
    }
    server.route({ method: ['GET', 'POST'], url: '/*', handler })
    return server
  }
  if (parts.includes('callbacks'))
    await server.register(async (scope) => {
      // By a wrong clock, a genuine callback has expired or is from the future.
      scope.addHook('onRequest', async () => {
        if (ctx.watch.clockOffByMs() !== undefined)
          throw new StandinError('STORAGE_UNAVAILABLE', { retryAfterMs: 30 * seconds })
      })
      await registerCallbackRoute(scope, ctx)
      registerLifecycleRoute(scope, ctx)
    })
  if (isApi) {
    const api = createRouter(ctx)
    await registerRestRoutes(server, ctx, api)
    registerArtifactRoute(server, ctx)
    await registerReceiverRoute(server, ctx)
    registerOpenApiRoute(server, publicUrl)
    await registerTrpcRoute(server, ctx, api)
  }
  return server
}

/** Every procedure, by noun. `serves-the-contract.ts` compiles only if this matches the contract. */
export function createRouter(ctx: StandinContext) {
  const contract = contracted(ctx)
  return router({
    token: tokenProcedures(ctx, contract),
    installation: installationProcedures(ctx, contract),
    action: actionProcedures(ctx, contract),
    run: runProcedures(ctx, contract),
    schedule: scheduleProcedures(ctx, contract),
    delivery: deliveryProcedures(ctx, contract),
    receiver: receiverProcedures(ctx, contract),
    artifact: artifactProcedures(ctx, contract),
    filter: filterProcedures(ctx, contract, {
      checkMayRead: (caller, accountId) => checkMayReadAny(ctx, caller, accountId),
    }),
    audit: auditProcedures(ctx, contract),
  })
}

// 3. What runs in the background. ------------------------------------------------------------------------------------

type BackgroundRow = LoopRow & {
  /** Which processes run it; without it, all. */
  part?: Part
  /** A notification on this channel wakes it. */
  wokenBy?: Channel
  /** Loops of this kind that run side by side. */
  count?: number
  /** It waits until this question, asked once a second together with all others, finds work. */
  due?: WaitingLoops['due']
  /** Told what the question found. */
  hear?: (inMs: number | undefined) => void
  /** One replica does it for all, in turns of this length. */
  isSweep?: boolean
}

const seconds = 1_000
const hours = 3_600_000

/** For a loop that waits for its question to find work. */
const netMs = 60 * seconds

/** Every background loop, with its period. Each finds its work in the database, so that any replica may do it. */
function backgroundLoops(ctx: StandinContext): BackgroundRow[] {
  const auditRetained = () => new Date(ctx.clock.now().getTime() - ctx.config.auditRetentionMs)
  return [
    // The database, even if no balancer asks for it
    { name: 'watch-database', everyMs: 10 * seconds, work: () => ctx.watch.suspect().then(() => false) },
    // Audit
    { name: 'seal-audit', everyMs: netMs, due: unchainedDue(ctx.audit.macs.kids), work: () => sealEntries(ctx) },
    { name: 'renew-audit-writer', everyMs: 60 * seconds, work: ctx.audit.slot.renew },
    { name: 'log-audit-heads', everyMs: 60 * seconds, work: () => logChainHeads(ctx) },
    { name: 'sign-rows-again', isSweep: true, everyMs: hours, work: () => signAgain(ctx, signedTables) },
    {
      name: 'add-months',
      isSweep: true,
      everyMs: hours,
      work: () => addMonthsAhead(ctx.db, ctx.clock.now()).then(() => false),
    },
    {
      name: 'retain-audit',
      isSweep: true,
      everyMs: hours,
      work: () => retainAudit(ctx, auditRetained()).then(() => false),
    },
    // Callbacks
    { name: 'refresh-keys', part: 'callbacks', everyMs: 30 * seconds, work: ctx.trackunit.callbackKeys.refreshIfOld },
    {
      name: 'verify-unverified',
      part: 'callbacks',
      everyMs: netMs,
      due: unverifiedDue,
      work: () => verifyUnverified(ctx),
    },
    { name: 'save-rejections', part: 'callbacks', everyMs: 2 * seconds, work: () => saveRejections(ctx) },
    // Accounts
    {
      name: 'prove-credentials',
      part: 'worker',
      wokenBy: 'credentials_pending',
      everyMs: netMs,
      due: credentialsDue,
      work: () => proveDueCredentials(ctx),
    },
    {
      name: 'settle-uninstalls',
      part: 'worker',
      everyMs: netMs,
      due: uninstallsDue,
      work: () => settleUninstalls(ctx),
    },
    { name: 'review-accounts', part: 'worker', everyMs: netMs, due: reviewsDue, work: () => reviewAccounts(ctx) },
    {
      name: 'count-accounts',
      part: 'worker',
      isSweep: true,
      everyMs: 300 * seconds,
      work: () => countAccounts(ctx.db).then(() => false),
    },
    { name: 'erase-abandoned', part: 'worker', isSweep: true, everyMs: hours, work: () => eraseAbandoned(ctx) },
    // Tokens
    { name: 'refresh-tokens', part: 'worker', everyMs: netMs, due: tokensDue, work: () => refreshDueTokens(ctx) },
    { name: 'save-token-uses', everyMs: 10 * seconds, work: () => saveTokenUses(ctx) },
    { name: 'drain-spool', everyMs: 15 * seconds, work: () => drainSpool(ctx) },
    { name: 'save-refused-tokens', part: 'api', everyMs: 5 * seconds, work: () => saveRefusedTokens(ctx) },
    { name: 'save-forwarding', everyMs: 10 * seconds, work: () => saveForwarding(ctx) },
    { name: 'sweep-budgets', part: 'worker', isSweep: true, everyMs: hours, work: () => sweepBudgets(ctx) },
    // Runs
    {
      name: 'claim-runs',
      part: 'worker',
      wokenBy: 'run_due',
      everyMs: netMs,
      due: runsDue,
      hear: (inMs) => noteRunsDue(ctx, inMs),
      work: () => claimDueRuns(ctx),
    },
    {
      name: 'reap-runs',
      part: 'worker',
      everyMs: 0.25 * seconds,
      due: runsHeld,
      hear: (inMs) => noteHeldRuns(ctx, inMs !== undefined),
      work: () => reapRuns(ctx),
    },
    { name: 'note-authors', part: 'api', everyMs: 10 * seconds, work: () => noteAuthors(ctx) },
    { name: 'end-schedules', part: 'worker', isSweep: true, everyMs: hours, work: () => endSchedules(ctx) },
    { name: 'announce-ends', part: 'worker', isSweep: true, everyMs: hours, work: () => announceEnds(ctx) },
    {
      name: 'start-schedules',
      part: 'worker',
      everyMs: netMs,
      due: schedulesDue,
      work: () => startDueSchedules(ctx),
    },
    // An account takes at most one of the four.
    {
      name: 'deliver',
      part: 'worker',
      wokenBy: 'delivery_due',
      count: 4,
      everyMs: netMs,
      due: deliveriesDue,
      work: () => deliverDue(ctx),
    },
    // Ageing
    { name: 'age-out-accounts', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutAccounts(ctx) },
    { name: 'age-out-callbacks', part: 'worker', isSweep: true, everyMs: 24 * hours, work: () => ageOutCallbacks(ctx) },
    { name: 'age-out-artifacts', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutArtifacts(ctx) },
    { name: 'age-out-results', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutResults(ctx) },
    { name: 'age-out-readings', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutReadings(ctx) },
    { name: 'age-out-runs', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutRuns(ctx) },
  ]
}

/** @returns what stops all of them */
function startLoops(ctx: StandinContext): () => Promise<void> {
  const rows = backgroundLoops(ctx).filter(({ part }) => part === undefined || ctx.config.parts.includes(part))
  const loops = new Map<string, BackgroundLoop[]>()
  const waiting = new Map<string, WaitingLoops>()
  for (const { wokenBy, count = 1, isSweep = false, hear, ...row } of rows) {
    const { name, due = isSweep ? sweepDue(name) : undefined } = row
    const looping = isSweep ? { name, everyMs: netMs, work: () => sweep(ctx, row) } : row
    const started = Array.from({ length: count }, () => startBackgroundLoop(looping, ctx))
    loops.set(name, started)
    if (due) waiting.set(name, { due, hear, loops: started })
    const wake = () => {
      for (const loop of started) loop.wake()
    }
    if (wokenBy) void ctx.listener.on(wokenBy, wake, wake)
  }
  const looking = { name: 'look-for-work', everyMs: seconds, work: () => lookForWork(ctx, waiting) }
  loops.set(looking.name, [startBackgroundLoop(looking, ctx)])
  const endDraining = ctx.listener.replica.onHeld(() => loops.get('drain-spool')?.[0]?.wake())
  return async () => {
    endDraining()
    await Promise.all([...loops.values()].flat().map(({ stop }) => stop()))
    if (ctx.config.parts.includes('callbacks')) await saveRejections(ctx)
  }
}

/** What this replica does when another announces a change. After a lost connection it looks again at everything. */
export async function hearOthers(ctx: StandinContext): Promise<void> {
  const { listener, watch, access, runs, config, log } = ctx
  const isWorker = config.parts.includes('worker')
  const safely = (what: string, accountId: string, work: Promise<void>) =>
    void work.catch((error: unknown) => log.error({ err: error, accountId }, what))
  const rows: Array<[Channel, (payload: string) => void, (() => void)?]> = [
    ['access_changed', access.keys.readAgain, access.keys.readAgain],
    ['access_changed', () => wakeEventReaders(ctx), () => wakeEventReaders(ctx)],
    ['token_changed', (payload) => hearTokenChange(ctx, payload), () => recheckTokens(ctx)],
    ['installation_changed', (accountId) => forgetInForce(ctx, accountId), () => forgetAllInForce(ctx)],
    ['installation_changed', (payload) => noteInstallationChange(ctx, payload), () => noteInstallationChange(ctx)],
    ['credentials_changed', (payload) => noteInstallationChange(ctx, payload), () => noteInstallationChange(ctx)],
    ['token_changed', (payload) => noteInstallationChange(ctx, payload), () => noteInstallationChange(ctx)],
    ['runs_changed', (payload) => noteRunsChange(ctx, payload), () => noteRunsChange(ctx)],
    ['installation_event', () => wakeEventReaders(ctx), () => wakeEventReaders(ctx)],
    ['run_event', runs.feeds.wake, runs.feeds.wakeAll],
    ['run_cancel', (runId) => interruptCancelled(ctx, runId)],
    ['run_due', () => noteHeldRuns(ctx, true)], // Another replica may claim it, and die.
  ]
  if (isWorker)
    rows.push([
      'installation_changed',
      (accountId) => {
        safely('suspending runs', accountId, suspendRuns(ctx, accountId))
      },
      () => safely('suspending runs', 'any', suspendRuns(ctx)),
    ])
  for (const [channel, hear, lookAgain] of rows) await listener.on(channel, hear, lookAgain)
  watch.onUp(() => forgetAllInForce(ctx)) // Changes during the outage were not announced here.
  listener.replica.onLost(() => loseAllRuns(ctx)) // Other replicas may have them by now.
}

/** Chains the remaining rows and logs the ends of the chains. */
async function finishAudit(ctx: StandinContext): Promise<void> {
  await sealAll(ctx)
  await logChainHeads(ctx)
  await ctx.audit.slot.release()
}

function addressOf({ http }: Config, server: FastifyInstance | undefined): string {
  const bound = server?.server.address()
  return `http://${http.host}:${typeof bound === 'object' && bound ? bound.port : http.port}`
}
