import { randomUUID } from 'node:crypto'
import { verifyAppToken } from '../access/user-token.ts'
import { registerLifecycleRoute } from '../accounts/lifecycle-route.ts'
import { createSignalLifecycle } from '../accounts/signal-lifecycle.ts'
import { registerCallbackRoute } from '../callbacks/callback-route.ts'
import { startCallbacks } from '../callbacks/start-callbacks.ts'
import type { Foundation } from './open-foundation.ts'
import type { HttpEdge } from './serve-http.ts'
import type { UserTokens } from './user-tokens.ts'

/** What Trackunit sends: installs and uninstalls, and what the app's lifecycle extension tells. */
export async function serveCallbacks(
  { config, db, vault, clock, log, uninstall, userAgent, metrics, closers }: Foundation,
  { server }: HttpEdge,
  users: UserTokens | undefined,
): Promise<void> {
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
