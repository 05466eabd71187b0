import type { WhenUninstalled } from './installations/uninstall.ts'
import { eraseArtifactsOf } from './runs/artifacts/artifact-store.ts'
import { stopRunsOf } from './runs/cancel-run.ts'
import { eraseFiltersOf } from './runs/filters/filter-store.ts'
import { eraseMachinesOf } from './runs/machines/machine-store.ts'
import { eraseTokens } from './tokens/token-store.ts'

/** Every part that keeps something of an account, in the order in which it goes: the server and `installations erase` do the same. */
export const whenUninstalled: readonly WhenUninstalled[] = [
  eraseTokens,
  stopRunsOf,
  eraseArtifactsOf,
  eraseMachinesOf,
  eraseFiltersOf,
]
