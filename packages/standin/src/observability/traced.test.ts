import { type Span, type Tracer, trace } from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { StandinError } from '../standin-error.ts'
import { traced } from './traced.ts'

afterEach(() => trace.disable())

/** An SDK as far as it is asked. */
function startSdk() {
  const told: unknown[] = []
  const span = { setStatus: (status: unknown) => told.push(status), end: () => told.push('end') } as unknown as Span
  const startActiveSpan = (name: string, options: object, work: (span: Span) => unknown) => {
    told.push(name, options)
    return work(span)
  }
  trace.setGlobalTracerProvider({ getTracer: () => ({ startActiveSpan }) as unknown as Tracer })
  return told
}

test('traces work as a span from start to end, and returns its result', async () => {
  const told = startSdk()
  expect(await traced('standin.run', { 'standin.run.id': '1' }, async () => 7)).toBe(7)
  expect(told).toEqual(['standin.run', { attributes: { 'standin.run.id': '1' } }, 'end'])
})

test('invariant 10: of a failure a span has the reason alone', async () => {
  const told = startSdk()
  const failure = new Error('postgres://user:s3cr3t@host')
  await expect(traced('standin.exchange', {}, () => Promise.reject(failure))).rejects.toBe(failure)
  await expect(
    traced('standin.run', {}, () => Promise.reject(new StandinError('TRACKUNIT_REFUSED', { detail: 's3cr3t' }))),
  ).rejects.toThrow()
  expect(told.filter((each) => typeof each === 'object' && 'code' in (each as object))).toEqual([
    { code: 2, message: 'INTERNAL' },
    { code: 2, message: 'TRACKUNIT_REFUSED' },
  ])
  expect(JSON.stringify(told)).not.toContain('s3cr3t')
})

test('a failure that work returns as its result marks its span as failed', async () => {
  const told = startSdk()
  const failureOf = (result: string) => (result === 'done' ? undefined : result)
  expect(await traced('standin.exchange', {}, async () => 'done', failureOf)).toBe('done')
  expect(told.filter((each) => typeof each === 'object' && 'code' in (each as object))).toEqual([])
  expect(await traced('standin.exchange', {}, async () => 'unavailable', failureOf)).toBe('unavailable')
  expect(told.at(-2)).toEqual({ code: 2, message: 'unavailable' })
})

test('without an SDK only does the work', async () => {
  expect(await traced('standin.delivery', {}, async () => 'done')).toBe('done')
})
