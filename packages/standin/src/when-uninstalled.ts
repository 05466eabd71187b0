import type { AccountsHooks, WhenErasing, WhenUninstalled } from './accounts/accounts-context.ts'
import { eraseCallbacksOf } from './callbacks/callback-store.ts'
import { awaitingDeliveries, stopDeliveriesOf } from './deliveries/delivery-store.ts'
import { eraseSigningSecretOf } from './deliveries/signing-secret-store.ts'
import { eraseFiltersOf } from './machines/filters/filter-store.ts'
import { eraseMachinesOf } from './machines/machine-store.ts'
import { eraseReceiversOf } from './receivers/receiver-store.ts'
import { eraseArtifactsOf } from './results/artifacts/artifact-store.ts'
import { eraseResultsOf } from './results/result-store.ts'
import { stopRunsOf } from './runs/cancel-run.ts'
import { awaitingRuns } from './runs/run-lease-store.ts'
import { eraseDeclinedOf } from './schedules/declined-offer-store.ts'
import { awaitingSchedules, stopSchedulesOf } from './schedules/schedule-store.ts'
import { eraseTokens } from './tokens/exchange-store.ts'

/** What each part does when an account is uninstalled, in this order: in the server and in `installations erase`. */
export const whenUninstalled: readonly WhenUninstalled[] = [
  eraseTokens,
  eraseCallbacksOf,
  stopSchedulesOf,
  eraseSigningSecretOf,
  eraseFiltersOf,
  eraseReceiversOf,
  eraseDeclinedOf,
]

/** What each part erases afterwards, in batches, since it may be much. */
export const whenErasing: readonly WhenErasing[] = [
  stopRunsOf,
  stopDeliveriesOf,
  eraseResultsOf,
  eraseArtifactsOf,
  eraseMachinesOf,
]

export const accountsHooks: AccountsHooks = {
  whenUninstalled,
  whenErasing,
  awaitingWork: [awaitingRuns, awaitingSchedules, awaitingDeliveries],
}
