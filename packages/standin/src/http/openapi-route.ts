import type { FastifyInstance } from 'fastify'
import { openApiDocument } from './openapi.ts'

/** `GET /v1/openapi.json`: open to everyone, since it says nothing but what the contract says. */
export function registerOpenApiRoute(
  server: FastifyInstance,
  { serverUrl, version }: { serverUrl: () => string; version: string },
): void {
  server.get('/v1/openapi.json', async () => openApiDocument({ serverUrl: serverUrl(), version }))
}
