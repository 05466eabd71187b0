import { procedures } from '@standin/contracts'
import type { Contracted } from '../../http/trpc.ts'
import type { ArtifactLinks } from './artifact-link.ts'

export function createArtifactProcedures({ contracted, links }: { contracted: Contracted; links: ArtifactLinks }) {
  return {
    link: contracted.call(procedures.artifact.link).mutation(({ input }) => links.make(input.artifactId)),
  }
}
