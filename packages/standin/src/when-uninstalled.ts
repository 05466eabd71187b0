import type { WhenUninstalled } from './accounts/uninstall.ts'
import { eraseCallbacksOf } from './callbacks/callback-store.ts'
import { stopDeliveriesOf } from './deliveries/delivery-store.ts'
import { eraseSigningSecretOf } from './deliveries/signing-secret-store.ts'
import { eraseFiltersOf } from './machines/filters/filter-store.ts'
import { eraseMachinesOf } from './machines/machine-store.ts'
import { eraseArtifactsOf } from './results/artifacts/artifact-store.ts'
import { eraseResultsOf } from './results/result-store.ts'
import { stopRunsOf } from './runs/cancel-run.ts'
import { stopSchedulesOf } from './schedules/schedule-store.ts'
import { eraseTokens } from './tokens/token-store.ts'

/** Every part that keeps something of an account, in the order in which it goes: the server and `installations erase` do the same. */
export const whenUninstalled: readonly WhenUninstalled[] = [
  eraseTokens,
  eraseCallbacksOf,
  stopSchedulesOf, // Before the runs: whoever starts one by schedule takes its locks in this order.
  stopRunsOf,
  stopDeliveriesOf,
  eraseSigningSecretOf,
  eraseResultsOf,
  eraseArtifactsOf,
  eraseMachinesOf,
  eraseFiltersOf,
]
