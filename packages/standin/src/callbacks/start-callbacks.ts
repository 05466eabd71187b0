import { startBackgroundLoop } from '../background-loop.ts'
import type { Config } from '../config/config.ts'
import { createKeySet } from '../trackunit/key-set.ts'
import { createKeySetStore } from '../trackunit/key-set-store.ts'
import { buildCallbacks, type CallbackParts } from './build-callbacks.ts'

const verifyEveryMs = 2_000
const saveEveryMs = 2_000
const refreshCheckEveryMs = 30_000

type Parts = Omit<CallbackParts, 'policy' | 'keys'> & {
  config: Config['callback']
  appId: string
  userAgent: string
  fetch: typeof globalThis.fetch
}

/** Everything that callbacks need while the server runs: the keys stay fresh, what could not be verified is, what is refused is counted. */
export function startCallbacks({ config, appId, userAgent, fetch, ...parts }: Parts) {
  const { db, clock, log } = parts
  const { jwksUrl: url, jwksCooldownMs: cooldownMs, algorithms } = config
  const keys = createKeySet({ url, cooldownMs, algorithms, userAgent }, { clock, fetch, store: createKeySetStore(db) })
  const { receiveCallback, verifyUnverified, rejected, saveRejected } = buildCallbacks({
    ...parts,
    keys,
    policy: { ...config, appId },
  })

  const refreshing = startBackgroundLoop(keys.refreshIfOld, { everyMs: refreshCheckEveryMs, log, name: 'refresh-keys' })
  const verifying = startBackgroundLoop(verifyUnverified, { everyMs: verifyEveryMs, log, name: 'verify-unverified' })
  const saving = startBackgroundLoop(saveRejected, { everyMs: saveEveryMs, log, name: 'save-rejections' })
  return {
    receiveCallback,
    rejected,
    async stop() {
      await Promise.all([refreshing.stop(), verifying.stop(), saving.stop()])
      await saveRejected()
    },
  }
}
