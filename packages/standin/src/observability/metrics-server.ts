import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

/**
 * `GET /metrics` on a port of its own, apart from what the internet reaches. A port that is taken costs the metrics of
 * this process, not its start.
 * @param address port 0: no metrics
 * @returns what ends it
 */
export async function serveMetrics(
  metrics: Pick<Metrics, 'text' | 'contentType'>,
  { port, host }: { port: number; host: string },
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<() => Promise<void>> {
  if (port === 0) return async () => {}
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
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
