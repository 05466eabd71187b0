import type { Delivery } from '@standin/contracts'
import type { ResultsContext } from '../results/results-context.ts'
import type { RunRow } from '../runs/run-store.ts'
import type { RunsContext } from '../runs/runs-context.ts'
import type { TokensContext } from '../tokens/tokens-context.ts'
import type { ActionCatalogue } from './action-catalogue.ts'
import type { MachineCounts } from './machine-counts.ts'

export type ActionsContext = RunsContext &
  TokensContext &
  ResultsContext & {
    actions: ActionCatalogue & ActionsHooks & { machineCounts: MachineCounts }
  }

/** What actions need from the layers above; wired in `wiring/assemble.ts`. */
export interface ActionsHooks {
  /** Where the results of these runs went, or will go, by run. */
  deliveriesOf(ctx: ActionsContext, rows: readonly RunRow[]): Promise<ReadonlyMap<string, Delivery[]>>
}
