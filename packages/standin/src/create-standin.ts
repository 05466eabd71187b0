import type { StandinApp } from '@standin/contracts'
import { createActionCatalogue } from './actions/action-catalogue.ts'
import type { AnyAction } from './actions/define-action.ts'
import { openFoundation, type Surroundings } from './assembly/open-foundation.ts'
import { serveApi } from './assembly/serve-api.ts'
import { serveCallbacks } from './assembly/serve-callbacks.ts'
import { serveHttp } from './assembly/serve-http.ts'
import { startCredentials } from './assembly/start-credentials.ts'
import { startRuns } from './assembly/start-runs.ts'
import { startTokens } from './assembly/start-tokens.ts'
import { readUserTokens } from './assembly/user-tokens.ts'
import { systemClock } from './clock.ts'
import { type Config, readConfig } from './config/config.ts'
import type { Environment } from './config/environment-schema.ts'
import { createLogger } from './observability/logger.ts'
import { createRateLimits } from './trackunit/rate-limits.ts'

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

/**
 * Callbacks → credentials → tokens → runs → what is called from outside, each when what it needs is there.
 * @returns the address that it listens on
 */
async function build(config: Config, { actions, ...surroundings }: Surroundings & Pick<MakersParts, 'actions'>) {
  const scopes = config.app.scopes.map(({ scope }) => scope)
  const catalogue = createActionCatalogue(actions, scopes) // Before anything is started: it says what is wrong.
  const foundation = await openFoundation(config, surroundings)
  const users = readUserTokens(foundation)
  const edge = await serveHttp(foundation)
  const has = (part: Config['parts'][number]) => config.parts.includes(part)

  if (has('callbacks')) await serveCallbacks(foundation, edge, users)
  if (has('api') || has('worker')) {
    const rateLimits = createRateLimits({ ...foundation, perSecond: config.trackunit.maxRequestsPerS })
    const credentials = await startCredentials(foundation, rateLimits)
    const issueToken = await startTokens(foundation, credentials)
    const runs = await startRuns(foundation, { catalogue, issueToken, rateLimits })
    if (has('api')) await serveApi(foundation, { edge, users, issueToken, runs })
  }
  return edge.listen()
}
