import type { FastifyInstance } from 'fastify'
import { version } from '../../version.ts'
import { openApiDocument } from './openapi.ts'

/** `GET /v1/openapi.json`: open to everyone, since it only repeats the contract. */
export function registerOpenApiRoute(server: FastifyInstance, publicUrl: () => string): void {
  let document: object | undefined
  server.get('/v1/openapi.json', async () => (document ??= openApiDocument({ serverUrl: publicUrl(), version })))
}
