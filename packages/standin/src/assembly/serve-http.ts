import type { FastifyInstance } from 'fastify'
import { registerHealthRoutes } from '../http/health-route.ts'
import { createHttpServer } from '../http/http-server.ts'
import { traceRequests } from '../http/trace-requests.ts'
import type { Foundation } from './open-foundation.ts'

export interface HttpEdge {
  server: FastifyInstance
  /** Where it is reached: as `PUBLIC_URL` says, else where it listens. */
  publicUrl: () => string
  /** @returns where it listens, without a path */
  listen: () => Promise<string>
}

/** The server's one port. Its routes are added by the parts, before it listens. */
export async function serveHttp({ config, log, closers, watch, metrics }: Foundation): Promise<HttpEdge> {
  const server = await createHttpServer(config.http, log, { onRefused: metrics.countRefusal })
  if (config.traces) traceRequests(server)
  registerHealthRoutes(server, { watch, outageServeMs: config.outageServeMs, parts: config.parts })

  const address = () => {
    const bound = server.server.address()
    return `http://${config.http.host}:${typeof bound === 'object' && bound ? bound.port : config.http.port}`
  }
  return {
    server,
    publicUrl: () => config.http.publicUrl ?? address(),
    async listen() {
      closers.push(() => server.close())
      await server.listen({ port: config.http.port, host: config.http.host })
      log.info({ url: address(), app: config.app.id, parts: config.parts }, 'Standin listens')
      return address()
    },
  }
}
