import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  status?: { code?: number; message?: string }
  attributes: Array<{ key: string; value: { stringValue?: string; intValue?: number } }>
}

/** An OpenTelemetry collector: keeps what it received, raw and as spans. */
export async function startTraceCollector() {
  const told: string[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    if (request.url === '/v1/traces' && request.headers['x-key'] === 'k ey') told.push(text)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k%20ey',
      OTEL_SERVICE_NAME: 'night',
    },
    told,
    spans: (): Span[] =>
      told.flatMap((text) =>
        (JSON.parse(text) as Told).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    close: () => server.close(),
  }
}

interface Told {
  resourceSpans: Array<{ scopeSpans: Array<{ spans: Span[] }> }>
}
