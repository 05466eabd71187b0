import { Readable } from 'node:stream'
import { create as contentDisposition } from 'content-disposition'
import type { FastifyInstance } from 'fastify'
import type { AccessContext } from '../../access/access-context.ts'
import { StandinError } from '../../standin-error.ts'
import { readArtifactLink } from './artifact-link.ts'
import { findArtifact, readChunks } from './artifact-store.ts'
import { datedName } from './dated-name.ts'

/** `GET /artifacts/<link>`: streams a file as an attachment; browsers never render it as a page of this server. */
export function registerArtifactRoute(server: FastifyInstance, ctx: AccessContext): void {
  server.get<{ Params: { link: string } }>('/artifacts/:link', async (request, reply) => {
    const { reader, ...key } = await readArtifactLink(ctx, request.params.link)
    const artifact = await findArtifact(ctx.db, key)
    if (!artifact) throw new StandinError('ARTIFACT_NOT_FOUND')
    const end = ctx.access.budgets.openDownload(artifact.accountId, reader)
    if (reply.raw.closed) end()
    else reply.raw.once('close', end)
    return reply
      .type(artifact.mediaType)
      .headers({
        'content-disposition': contentDisposition(savableName(artifact)),
        'content-length': artifact.bytes,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      })
      .send(Readable.from(readChunks(ctx.db, artifact)))
  })
}

/** In any language, without path separators, line breaks, and characters that reverse the text and so hide an extension. */
const savableName = ({ name, createdAt }: { name: string; createdAt: Date }) =>
  datedName(name, createdAt).replaceAll(/[\p{Cc}/\\\u202A-\u202E\u2066-\u2069]/gu, '_')
