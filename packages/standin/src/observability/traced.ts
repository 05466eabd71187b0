import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api'
import { toRefusal } from '../refusal.ts'

/**
 * Does work as a span, where the process was started with an OpenTelemetry SDK; without one it costs a call. Attributes are
 * our own ids and names, never an account or anything from outside. A failure is recorded with its reason, never its message.
 * @param failureOf the reason, if the work reports its failure as a result
 */
export function traced<Result>(
  name: 'standin.run' | 'standin.exchange' | 'standin.delivery' | 'standin.trackunit',
  attributes: Attributes,
  work: () => Promise<Result>,
  failureOf: (result: Result) => string | undefined = () => undefined,
): Promise<Result> {
  return trace.getTracer('standin').startActiveSpan(name, { attributes }, async (span) => {
    const failed = (message: string) => span.setStatus({ code: SpanStatusCode.ERROR, message })
    try {
      const result = await work()
      const reason = failureOf(result)
      if (reason !== undefined) failed(reason)
      return result
    } catch (error) {
      failed(toRefusal(error).reason)
      throw error
    } finally {
      span.end()
    }
  })
}
