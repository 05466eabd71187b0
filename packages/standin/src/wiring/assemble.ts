import { createAccessMemory } from '../access/access-context.ts'
import { readAccountCounts } from '../accounts/account-count-store.ts'
import { createAccountsMemory } from '../accounts/accounts-context.ts'
import { oldestDueProofS } from '../accounts/due-credential-store.ts'
import type { ActionCatalogue } from '../actions/action-catalogue.ts'
import { createMachineCounts } from '../actions/machine-counts.ts'
import { openWork } from '../actions/open-work.ts'
import { type CallbacksContext, createCallbacksMemory } from '../callbacks/callbacks-context.ts'
import { countHeld } from '../callbacks/held/held-callback-store.ts'
import type { ReplicaContext } from '../context.ts'
import type { DeliveriesContext } from '../deliveries/deliveries-context.ts'
import { deliveriesOfRuns, hasOpenDeliveries, oldestDueDeliveryS } from '../deliveries/delivery-store.ts'
import { queueDeliveriesOf } from '../deliveries/queue-deliveries.ts'
import { sendEmail } from '../deliveries/send-email.ts'
import { createSendTimes } from '../deliveries/send-times.ts'
import { sendWebhook } from '../deliveries/send-webhook.ts'
import { createSlowReceivers } from '../deliveries/slow-receivers.ts'
import { type HttpContext, rememberAccounts } from '../http/http-context.ts'
import { accountOfArtifact, offerArtifacts } from '../results/artifacts/artifact-store.ts'
import { createResultsMemory } from '../results/results-context.ts'
import { countOpenRunsByState, oldestRunWithoutProgressS } from '../runs/run-list-store.ts'
import { accountOfRun } from '../runs/run-store.ts'
import { createRunsMemory } from '../runs/runs-context.ts'
import { accountOfSchedule } from '../schedules/schedule-store.ts'
import { createTokenMemory } from '../tokens/tokens-context.ts'
import { signInDownForS } from '../trackunit/sign-in-outage-store.ts'
import { createTrackunitMemory } from '../trackunit/trackunit-context.ts'
import { accountsHooks } from '../when-uninstalled.ts'

/** The context of all rules. */
export type StandinContext = DeliveriesContext & CallbacksContext & HttpContext

/**
 * The context of a replica: what each part keeps between calls, and the hooks by which a lower layer calls a higher one. Nothing
 * runs yet.
 */
export function assemble(
  replica: ReplicaContext,
  catalogue: ActionCatalogue,
  { publicUrl }: { publicUrl: () => string },
): StandinContext {
  const accounts = { ...replica, accounts: createAccountsMemory(accountsHooks) }
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
    results: createResultsMemory({ publicUrl }),
    actions: {
      ...catalogue,
      deliveriesOf: ({ db }, rows) => deliveriesOfRuns(db, rows),
      machineCounts: createMachineCounts(),
    },
    deliveries: { sendEmail, sendWebhook, slow: createSlowReceivers(), ...createSendTimes() },
  }
  ctx.metrics.readAtScrape({
    spoolBytes: ctx.tokens.spool.bytes,
    counts: async () => ({
      openRuns: await countOpenRunsByState(ctx.db),
      heldCallbacks: await countHeld(ctx.db),
      signInDownForS: await signInDownForS(ctx.db),
      oldestDueProofS: await oldestDueProofS(ctx.db),
      oldestDueDeliveryS: await oldestDueDeliveryS(ctx.db),
      oldestRunWithoutProgressS: await oldestRunWithoutProgressS(ctx.db),
      accounts: await readAccountCounts(ctx.db),
    }),
    keySetAgesS: () => ({
      callbacks: inSeconds(ctx.trackunit.callbackKeys.ageMs()),
      users: inSeconds(ctx.access.userKeys?.ageMs()),
    }),
  })
  return ctx
}

const inSeconds = (ms: number | undefined) => ms && ms / 1_000
