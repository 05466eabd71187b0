import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../../database/database.ts'
import { StandinError } from '../../standin-error.ts'
import type { ArtifactLinks } from './artifact-link.ts'
import { findArtifact, readChunks } from './artifact-store.ts'

/** `GET /artifacts/<link>`: a file as an attachment, streamed; never rendered as a page of ours. */
export function registerArtifactRoute(
  server: FastifyInstance,
  { db, links }: { db: Database; links: ArtifactLinks },
): void {
  server.get<{ Params: { link: string } }>('/artifacts/:link', async (request, reply) => {
    const artifact = await findArtifact(db, await links.read(request.params.link))
    if (!artifact) throw new StandinError('ARTIFACT_NOT_FOUND')
    return reply
      .type(artifact.mediaType)
      .headers({
        'content-disposition': `attachment; filename="${artifact.name.replaceAll(/[^\w. -]/g, '_')}"`,
        'content-length': artifact.bytes,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      })
      .send(Readable.from(readChunks(db, artifact)))
  })
}
