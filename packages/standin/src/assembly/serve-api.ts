import { type Authenticate, createAuthenticate, createRecognise, type Recognise } from '../access/authenticate.ts'
import { createKeyDirectory } from '../access/key-directory.ts'
import { createRefusedTokenObserver } from '../access/observe-refused-token.ts'
import { saveObservedTokens } from '../access/observed-token-store.ts'
import { createRequestLimits } from '../access/request-limits.ts'
import { startBackgroundLoop } from '../background-loop.ts'
import { serveDirectly } from '../http/direct-requests.ts'
import { registerOpenApiRoute } from '../http/openapi-route.ts'
import { directTrpcRoute, registerTrpcRoute } from '../http/trpc-route.ts'
import { createArtifactLinks } from '../results/artifacts/artifact-link.ts'
import { registerArtifactRoute } from '../results/artifacts/artifact-route.ts'
import { createIssueToCaller } from '../tokens/issue-to-caller.ts'
import type { IssueToken } from '../tokens/issue-token.ts'
import { directTokenRoute, registerTokenRoute } from '../tokens/token-route.ts'
import { buildRouter } from './build-router.ts'
import { type Foundation, version } from './open-foundation.ts'
import type { HttpEdge } from './serve-http.ts'
import type { Runs } from './start-runs.ts'
import type { UserTokens } from './user-tokens.ts'

const observeEveryMs = 5_000

interface Given {
  edge: HttpEdge
  users: UserTokens | undefined
  issueToken: IssueToken
  runs: Runs
}

/** What people and services call: the procedures, and the routes beside them. */
export async function serveApi(foundation: Foundation, { edge, users, issueToken, runs }: Given): Promise<void> {
  const { config, db, clock, listener } = foundation
  const { server, publicUrl } = edge
  const keyDirectory = await createKeyDirectory({
    ...{ db, listener, clock },
    policy: { outageServeMs: config.outageServeMs },
  })
  const { authenticate, recognise } = authenticateCallers(foundation, { users, keys: keyDirectory })
  const links = createArtifactLinks({ keys: config.keys.links, clock, publicUrl })
  const issueToCaller = createIssueToCaller({ issueToken, clock, allowedCacheMs: config.tokenCacheForMs })

  registerArtifactRoute(server, { db, links })
  await registerTokenRoute(server, { authenticate, issueToCaller, clock })
  registerOpenApiRoute(server, { version, serverUrl: publicUrl })
  const router = await buildRouter(foundation, { runs, links, issueToCaller, keyDirectory })
  const onRefused = foundation.metrics.countRefusal
  await registerTrpcRoute(server, { clock, authenticate, router, onRefused })
  serveDirectly(server, {
    ...{ recognise, log: foundation.log, onRefused },
    routes: [directTokenRoute({ issueToCaller }), directTrpcRoute({ router, onRefused })],
  })
}

/** Users whose tokens are refused are seen, so that `identity observed` can tell which setting would let them in. */
function authenticateCallers(
  { config, db, clock, log, closers }: Foundation,
  { users, keys }: Pick<Parameters<typeof createAuthenticate>[0], 'users' | 'keys'>,
): { authenticate: Authenticate; recognise: Recognise } {
  const refusedTokens = createRefusedTokenObserver({
    ...{ clock, appId: config.app.id, save: (observed) => saveObservedTokens(db, observed) },
  })
  const observing = startBackgroundLoop(refusedTokens.flush, { everyMs: observeEveryMs, log, name: 'observe-tokens' })
  closers.push(observing.stop)
  const limits = createRequestLimits(config.limits)
  return {
    authenticate: createAuthenticate({ clock, keys, limits, users, observeRefused: refusedTokens.observe }),
    recognise: createRecognise({ keys, limits }),
  }
}
