import { randomBytes } from 'node:crypto'
import { startBackgroundLoop } from '../background-loop.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../database/database.ts'
import type { Listener } from '../database/listen.ts'
import type { Logger } from '../observability/logger.ts'
import type { Vault } from '../secrets/vault.ts'
import { createCheckDestinations } from './check-destinations.ts'
import { createDeliverDue } from './deliver-due.ts'
import { findResultToTell } from './find-result-to-tell.ts'
import { createSendEmail } from './send-email.ts'
import { createSendWebhook } from './send-webhook.ts'
import { createSigningSecrets } from './signing-secret.ts'

interface Given {
  db: Database
  vault: Vault
  clock: Clock
  log: Logger
  listener: Pick<Listener, 'on'>
  closers: Array<() => Promise<unknown>>
  userAgent: string
  app: { id: string; name: string }
  config: Config['delivery']
  titleOf: (actionId: string) => string | undefined
  keptUntil: Parameters<typeof findResultToTell>[1]['keptUntil']
}

/** Deliveries that one process tries at once: a host that does not answer holds up no other. */
const atOnce = 4
const lookEveryMs = 2_000

/** What carries results to people and services. */
export function buildDelivery(given: Given) {
  const { db, vault, clock, log, listener, closers, userAgent, app, config, titleOf, keptUntil } = given
  const signingSecretOf = createSigningSecrets({ db, vault, appId: app.id, randomBytes })
  const deliverDue = createDeliverDue({
    ...{ db, clock, log, signingSecretOf },
    findResult: (runId) => findResultToTell(runId, { db, titleOf, keptUntil }),
    sendEmail: config.smtp && createSendEmail(config.smtp),
    sendWebhook: createSendWebhook({ clock, userAgent }),
    appName: app.name,
    managerUrl: config.managerUrl,
  })

  async function startDelivering(): Promise<void> {
    const loops = Array.from({ length: atOnce }, () =>
      startBackgroundLoop(deliverDue, { everyMs: lookEveryMs, log, name: 'deliver' }),
    )
    const wake = () => {
      for (const loop of loops) loop.wake()
    }
    closers.push(() => Promise.all(loops.map(({ stop }) => stop())))
    await listener.on('delivery_due', wake, wake)
  }
  const checkDestinations = createCheckDestinations({ sendsEmail: config.smtp !== undefined })
  return { signingSecretOf, checkDestinations, startDelivering }
}
