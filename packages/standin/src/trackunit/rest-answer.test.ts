import { describe, expect, test } from 'vitest'
import { understandStatus } from './rest-answer.ts'

const now = new Date('2026-01-01T00:00:00Z')
const answer = (status: number, headers: Record<string, string> = {}, text = 'body') =>
  understandStatus({ status, headers: new Headers(headers), text }, now)

test('the result of a good answer is its text', () => {
  expect(answer(200, { 'content-type': 'application/json' }, '{}')).toBe('{}')
})

describe('any other answer becomes a reason', () => {
  test.for([
    { status: 500, headers: {}, reason: 'TRACKUNIT_UNAVAILABLE', says: 'is not answering' },
    {
      status: 503,
      headers: { 'content-type': 'text/html' },
      reason: 'TRACKUNIT_UNAVAILABLE',
      says: 'is not answering',
    },
    { status: 401, headers: {}, reason: 'TRACKUNIT_REFUSED', says: 'status 401', retryAfterMs: 30_000 },
    { status: 404, headers: {}, reason: 'TRACKUNIT_REFUSED', says: 'status 404' },
    // Seen: a missing scope, or a path without its slash, is answered with a page of Manager.
    {
      status: 404,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      reason: 'TRACKUNIT_REFUSED',
      says: 'web page',
    },
    { status: 200, headers: { 'content-type': 'text/html' }, reason: 'TRACKUNIT_REFUSED', says: 'web page' },
  ])('$status with $headers: $reason', ({ status, headers, reason, says, retryAfterMs }) => {
    expect(() => answer(status, headers as Record<string, string>)).toThrow(
      expect.objectContaining({ reason, message: expect.stringContaining(says), retryAfterMs }),
    )
  })

  test('what Trackunit said is its cause alone, shortened', () => {
    const thrown = catchError(() => answer(400, {}, `{"message":"no field colour"}${'x'.repeat(1_000)}`))
    expect(thrown.message).not.toContain('colour')
    expect(thrown.cause).toMatchObject({
      message: expect.stringMatching(/^Trackunit said: {"message":"no field colour"}x{400,500}$/),
    })
  })

  test.for([
    { title: 'seconds', retryAfter: '12', retryAfterMs: 12_000 },
    { title: 'zero', retryAfter: '0', retryAfterMs: 0 },
    { title: 'a date', retryAfter: 'Thu, 01 Jan 2026 00:01:00 GMT', retryAfterMs: 60_000 },
    { title: 'more than an hour', retryAfter: '999999', retryAfterMs: 3_600_000 },
    { title: 'nothing that can be understood', retryAfter: 'later', retryAfterMs: 60_000 },
    { title: 'a date that has passed', retryAfter: 'Wed, 31 Dec 2025 23:59:00 GMT', retryAfterMs: 60_000 },
    { title: 'nothing', retryAfter: undefined, retryAfterMs: 60_000 },
  ])('429 with $title', ({ retryAfter, retryAfterMs }) => {
    expect(() => answer(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter })).toThrow(
      expect.objectContaining({ reason: 'TRACKUNIT_RATE_LIMITED', retryAfterMs }),
    )
  })

  test('503 with Retry-After is an outage of that length; without it, of an unknown one', () => {
    const thrown = (headers: Record<string, string>, retryAfterMs: number | undefined) =>
      expect(() => answer(503, headers)).toThrow(
        expect.objectContaining({ reason: 'TRACKUNIT_UNAVAILABLE', retryAfterMs }),
      )
    thrown({ 'retry-after': '120' }, 120_000)
    thrown({}, undefined)
  })
})

function catchError(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It threw no error.')
}
