import { procedures } from '@standin/contracts'
import type { Contracted } from '../../http/trpc.ts'
import type { ResultsContext } from '../results-context.ts'
import { linkArtifact } from './artifact-link.ts'

export function artifactProcedures(ctx: ResultsContext, contracted: Contracted) {
  return {
    link: contracted
      .call(procedures.artifact.link)
      .mutation(({ ctx: { caller, accountId }, input }) =>
        linkArtifact(ctx, caller, { id: input.artifactId, accountId }),
      ),
  }
}
