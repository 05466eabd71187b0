import { setTimeout as pause } from 'node:timers/promises'
import type { StandinApp } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import { createActionCatalogue } from './actions/action-catalogue.ts'
import type { AnyAction } from './actions/define-action.ts'
import { logChainHeads, sealAll } from './audit/seal-entries.ts'
import { systemClock } from './clock.ts'
import { type Config, readConfig } from './config/config.ts'
import type { Environment } from './config/environment-schema.ts'
import { createConsole } from './console/serve-console.ts'
import { openReplica } from './context.ts'
import { drainHttp } from './http/drain-http.ts'
import { createLogger, type Logger } from './observability/logger.ts'
import { serveMetrics } from './observability/metrics-server.ts'
import { startTraces } from './observability/start-traces.ts'
import { handOverRuns } from './runs/claim-runs.ts'
import { loseAllRuns } from './runs/reap-runs.ts'
import { checkKeys } from './secrets/check-keys.ts'
import { publishKeys } from './secrets/publish-keys.ts'
import { signedTables } from './signed-tables.ts'
import { version } from './version.ts'
import { assemble, type StandinContext } from './wiring/assemble.ts'
import { startLoops } from './wiring/background-loops.ts'
import { hearOthers } from './wiring/hear-others.ts'
import { serveHttp } from './wiring/serve-http.ts'

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
   * Stops in the reverse order of the start: it is no longer ready at once, requests under way finish, streams end, and runs are
   * handed over to other replicas. A second call waits for the first. Takes at most `DRAIN_DELAY_S` plus 40 seconds; whatever is
   * not done by then is cut.
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

/** After a failed restart, since the database may be moving to another machine. */
const beginsAgainAfterMs = 1_000

/** Everything that was started, in order; each part stops while the earlier ones still work. */
type Closers = Array<(atOnce: boolean) => Promise<unknown>>

/** In addition to the delay. Longer than everything below takes, unless the database does not answer. */
const closesWithinMs = 40_000
const requestsEndWithinMs = 15_000

/** @param atOnce waits for nothing and writes nothing: the database is not the one that this process knew */
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
  if (!isDone) log.error({ withinMs }, 'stopping takes too long: the rest is cut')
}

interface Start {
  actions: readonly AnyAction[]
  closers: Closers
  /** Ends everything and starts again with nothing in memory: the database has changed its history. */
  beginAgain: () => void
}

const unreadableKeys =
  'keys that stored values need are missing or differ: not ready, all requests are answered 503. Set the keys of the other servers, and start again'

/** @returns the address that it listens on */
async function startServer(config: Config, { actions, closers, beginAgain }: Start): Promise<string> {
  const log = createLogger(config.logLevel, undefined, { isDevelopment: !config.production })
  const catalogue = createActionCatalogue(actions, manifestScopesOf(config)) // First, because it reports a maker's mistakes.
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
  await ctx.watch.suspect() // Compares the clocks before anything depends on them.
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

const manifestScopesOf = ({ app }: Config): string[] => app.scopes.map(({ scope }) => scope)

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
