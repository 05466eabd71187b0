import { procedures } from '@standin/contracts'
import type { Contracted } from '../../http/trpc.ts'
import type { createLinkArtifact } from './link-artifact.ts'

interface Dependencies {
  contracted: Contracted
  linkArtifact: ReturnType<typeof createLinkArtifact>
}

export function createArtifactProcedures({ contracted, linkArtifact }: Dependencies) {
  return {
    link: contracted.call(procedures.artifact.link).mutation(({ ctx, input }) => linkArtifact(ctx.caller, input)),
  }
}
