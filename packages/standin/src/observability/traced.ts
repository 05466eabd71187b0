import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api'
import { toRefusal } from '../refusal.ts'

/**
 * Does work as a span, where the process was started with an OpenTelemetry SDK; without one it costs a call. Attributes are
 * ids and names of our own, never an account or what came from outside; of a failure it has the reason, never a message.
 */
export function traced<Result>(
  name: 'standin.run' | 'standin.exchange' | 'standin.delivery' | 'standin.trackunit',
  attributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  return trace.getTracer('standin').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: toRefusal(error).reason })
      throw error
    } finally {
      span.end()
    }
  })
}
