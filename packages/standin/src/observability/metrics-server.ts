import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

/**
 * `GET /metrics` and the operator's console on a port of their own, apart from what the internet reaches. A port that is
 * taken costs both of this process, not its start.
 * @param address port 0: neither
 * @param console what answers below `/console`
 * @returns what ends it
 */
export async function serveMetrics(
  metrics: Pick<Metrics, 'text' | 'contentType'>,
  { port, host }: { port: number; host: string },
  log: Pick<Logger, 'info' | 'warn'>,
  console: RequestListener = (_request, response) => void response.writeHead(404).end(),
): Promise<() => Promise<void>> {
  if (port === 0) return async () => {}
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const path = request.url?.split('?', 1)[0]
    if (path === '/console' || path?.startsWith('/console/')) return void console(request, response)
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  try {
    server.listen(port, host)
    await once(server, 'listening')
    log.info({ port, host }, 'metrics are served')
  } catch (error) {
    log.warn({ err: error, port }, 'no metrics: the port cannot be used, set METRICS_PORT to another')
  }
  return async () => {
    server.closeAllConnections()
    server.close()
  }
}
