import { eraseCallbacksOf } from './callbacks/callback-store.ts'
import type { WhenUninstalled } from './installations/uninstall.ts'
import { eraseArtifactsOf } from './runs/artifacts/artifact-store.ts'
import { stopRunsOf } from './runs/cancel-run.ts'
import { stopDeliveriesOf } from './runs/delivery/delivery-store.ts'
import { eraseSigningSecretOf } from './runs/delivery/signing-secret-store.ts'
import { eraseFiltersOf } from './runs/filters/filter-store.ts'
import { eraseMachinesOf } from './runs/machines/machine-store.ts'
import { eraseResultsOf } from './runs/results/result-store.ts'
import { stopSchedulesOf } from './runs/schedules/schedule-store.ts'
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
