import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'

/** A span for each request, named after its route, never its address, which can hold a secret. It has the log's request id. */
export function traceRequests(server: FastifyInstance): void {
  const tracer = trace.getTracer('standin')
  const spans = new WeakMap<object, Span>()
  server.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    if (route.startsWith('/health')) return done()
    const attributes = { 'http.request.method': request.method, 'http.route': route, 'standin.request': request.id }
    const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes })
    spans.set(request, span)
    context.with(trace.setSpan(context.active(), span), done)
  })
  server.addHook('onResponse', async (request, { statusCode }) => {
    const span = spans.get(request)
    span?.setAttribute('http.response.status_code', statusCode)
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR, message: String(statusCode) })
    span?.end()
  })
}
