import { context, trace } from '@opentelemetry/api'
import type { Secret } from '../config/secret.ts'

export interface TracesPolicy {
  /** The collector's address for OTLP over HTTP, without `/v1/traces`. */
  endpoint: string
  /** Headers for the collector, as `name=value,name=value`: most keep its key in one. */
  headers: Secret | undefined
  serviceName: string
  /** The share of traces that is kept, 0 to 1. */
  share: number
}

/**
 * Sends the spans of this process to a collector; if none is set nothing of the SDK is loaded. One that the process was
 * started with stays the one.
 * @returns what sends the rest, and ends it
 * @see https://opentelemetry.io/docs/specs/otlp/
 */
export async function startTraces(
  policy: TracesPolicy | undefined,
  { version }: { version: string },
): Promise<() => Promise<void>> {
  if (!policy) return async () => {}
  const [core, sdk, { OTLPTraceExporter }, { resourceFromAttributes }, { AsyncLocalStorageContextManager }] =
    await Promise.all([
      import('@opentelemetry/core'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
    ])
  const provider = new sdk.TracerProvider({
    // Detectors would report the process's arguments and its owner.
    resource: resourceFromAttributes({ 'service.name': policy.serviceName, 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(policy.share) }),
    spanLimits: { attributeCountLimit: 16, attributeValueLengthLimit: 200 },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${policy.endpoint.replace(/\/+$/, '')}/v1/traces`,
          headers: core.parseKeyPairsIntoRecord(policy.headers?.reveal()),
          timeoutMillis: 5_000,
        }),
      }),
    ],
  })
  if (!trace.setGlobalTracerProvider(provider)) return async () => {}
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return async () => {
    trace.disable()
    await provider.shutdown()
  }
}
