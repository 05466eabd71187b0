import { procedures } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import { installationProcedures } from '../accounts/installation-procedures.ts'
import { registerLifecycleRoute } from '../accounts/lifecycle-signal/lifecycle-route.ts'
import { actionProcedures } from '../actions/action-procedures.ts'
import { checkMayReadAny, whollyReadableActions } from '../actions/readable-actions.ts'
import { runProcedures } from '../actions/run-procedures.ts'
import { auditProcedures } from '../activity/activity-procedures.ts'
import { registerCallbackRoute } from '../callbacks/callback-route.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import { deliveryProcedures } from '../deliveries/delivery-procedures.ts'
import { receiverProcedures } from '../deliveries/receiver-procedures.ts'
import { fastMutation } from '../http/fast-path/fast-mutation.ts'
import { registerHealthRoutes } from '../http/health-route.ts'
import { createHttpServer } from '../http/http-server.ts'
import { registerOpenApiRoute } from '../http/rest/openapi-route.ts'
import { registerRestRoutes } from '../http/rest/register-rest-routes.ts'
import { contracted, router } from '../http/trpc.ts'
import { registerTrpcRoute } from '../http/trpc-route.ts'
import { filterProcedures } from '../machines/filters/filter-procedures.ts'
import { registerReceiverRoute } from '../receivers/receiver-route.ts'
import { artifactProcedures } from '../results/artifacts/artifact-procedures.ts'
import { registerArtifactRoute } from '../results/artifacts/artifact-route.ts'
import { isClaiming } from '../runs/claim-runs.ts'
import { scheduleProcedures } from '../schedules/schedule-procedures.ts'
import { StandinError } from '../standin-error.ts'
import { issueToCaller } from '../tokens/issue-to-caller.ts'
import { tokenProcedures } from '../tokens/token-procedures.ts'
import { fastTokenRoute } from '../tokens/token-route.ts'
import type { StandinContext } from './assemble.ts'

/** The server's one port: callbacks from Trackunit, the API for people and services. */
export async function serveHttp(
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
  const askDatabase = async () => ctx.watch.isDown() || byDatabaseClock(ctx)
  const server = await createHttpServer(ctx, isApi ? [fastTokenRoute(ctx), fastIssue] : [], { askDatabase })
  const isWorking = () => !isFit || !parts.includes('worker') || isClaiming(ctx)
  registerHealthRoutes(server, ctx, { isStopping, isWorking, unreadable })
  if (!isFit) {
    const handler = async () => {
      // The database is up, and the caller may be the operator: say where the reason stands.
      throw new StandinError('STORAGE_UNAVAILABLE', { retryAfterMs: 30_000, detail: 'GET /health/ready says why.' })
    }
    server.route({ method: ['GET', 'POST'], url: '/*', handler })
    return server
  }
  if (parts.includes('callbacks'))
    await server.register(async (scope) => {
      // With a wrong clock, a genuine callback seems expired or from the future.
      scope.addHook('onRequest', async () => {
        if (ctx.watch.clockOffByMs() !== undefined)
          throw new StandinError('STORAGE_UNAVAILABLE', { retryAfterMs: 30_000 })
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
      checkMayRead: (caller, accountId) => checkMayReadAny(ctx, caller, { accountId }),
    }),
    audit: auditProcedures(ctx, contract, {
      readableActions: (caller, accountId) => whollyReadableActions(ctx, caller, accountId),
    }),
  })
}
