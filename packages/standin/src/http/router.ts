import type { createInstallationProcedures } from '../accounts/installation-procedures.ts'
import type { createActionProcedures } from '../actions/action-procedures.ts'
import type { createAuditProcedures } from '../activity/activity-procedures.ts'
import type { createDeliveryProcedures } from '../deliveries/delivery-procedures.ts'
import type { createFilterProcedures } from '../machines/filters/filter-procedures.ts'
import type { createArtifactProcedures } from '../results/artifacts/artifact-procedures.ts'
import type { createResultProcedures } from '../results/result-procedures.ts'
import type { createRunProcedures } from '../runs/run-procedures.ts'
import type { createScheduleProcedures } from '../schedules/schedule-procedures.ts'
import type { createTokenProcedures } from '../tokens/token-procedures.ts'
import { router } from './trpc.ts'

/** A type, not an interface: tRPC asks for a record. */
type Procedures = {
  token: ReturnType<typeof createTokenProcedures>
  installation: ReturnType<typeof createInstallationProcedures>
  action: ReturnType<typeof createActionProcedures>
  run: ReturnType<typeof createRunProcedures> & ReturnType<typeof createResultProcedures>
  schedule: ReturnType<typeof createScheduleProcedures>
  delivery: ReturnType<typeof createDeliveryProcedures>
  artifact: ReturnType<typeof createArtifactProcedures>
  filter: ReturnType<typeof createFilterProcedures>
  audit: ReturnType<typeof createAuditProcedures>
}

/** What is served, by noun. `serves-the-contract.ts` compiles only while this is what the contract says. */
export function createRouter(procedures: Procedures) {
  return router(procedures)
}
