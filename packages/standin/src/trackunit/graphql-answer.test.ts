import { describe, expect, test } from 'vitest'
import { understandGraphql } from './graphql-answer.ts'

const now = new Date('2026-01-01T00:00:00Z')
const answer = (body: unknown, { status = 200, type = 'application/json' } = {}) =>
  understandGraphql(
    {
      status,
      headers: new Headers({ 'content-type': type }),
      text: typeof body === 'string' ? body : JSON.stringify(body),
    },
    now,
  )
const limited = (extensions: object) => ({ errors: [{ message: 'slow down', extensions }] })

describe('data', () => {
  test.for([
    { title: 'alone is whole', body: { data: { a: 1 } }, isPartial: false },
    { title: 'with errors: null is whole', body: { data: { a: 1 }, errors: null }, isPartial: false },
    { title: 'beside an error is partial', body: { data: { a: 1 }, errors: [{ message: 'x' }] }, isPartial: true },
    {
      title: 'beside an error of an unknown form is partial',
      body: { data: { a: 1 }, errors: [{ extensions: null }, 'x'] },
      isPartial: true,
    },
  ])('$title', ({ body, isPartial }) => {
    expect(answer(body)).toEqual({ data: { a: 1 }, isPartial })
  })
})

describe('a limit', () => {
  test.for([
    { title: 'resetIn is milliseconds', extensions: { resetIn: 90_000 }, retryAfterMs: 90_000 },
    { title: 'a minute where it says nothing', extensions: {}, retryAfterMs: 60_000 },
    { title: 'a minute where it says nonsense', extensions: { resetIn: 'soon' }, retryAfterMs: 60_000 },
    { title: 'at least a second', extensions: { resetIn: 0 }, retryAfterMs: 1_000 },
    { title: 'at most an hour', extensions: { resetIn: 1e9 }, retryAfterMs: 3_600_000 },
  ])('$title', ({ extensions, retryAfterMs }) => {
    expect(() => answer(limited({ code: 'RATE_LIMITED', ...extensions }))).toThrow(
      expect.objectContaining({ reason: 'TRACKUNIT_RATE_LIMITED', retryAfterMs }),
    )
  })

  test.for([200, 400, 403, 429])('is understood with status %i as well', (status) => {
    expect(() => answer(limited({ code: 'RATE_LIMITED', resetIn: 5_000 }), { status })).toThrow(
      expect.objectContaining({ reason: 'TRACKUNIT_RATE_LIMITED', retryAfterMs: 5_000 }),
    )
  })

  test('takes precedence over data in the same answer', () => {
    expect(() => answer({ data: { a: null }, ...limited({ code: 'RATE_LIMITED', resetIn: 5_000 }) })).toThrow(
      'TRACKUNIT_RATE_LIMITED',
    )
  })
})

describe('anything else is a reason', () => {
  test.for([
    {
      title: 'a query that is too large',
      body: limited({ code: 'QUERY_COMPLEXITY_REACHED' }),
      reason: 'TRACKUNIT_REFUSED',
    },
    { title: 'errors alone', body: { errors: [{ message: 'no' }] }, reason: 'TRACKUNIT_REFUSED' },
    { title: 'data: null', body: { data: null }, reason: 'TRACKUNIT_REFUSED' },
    { title: 'no JSON', body: '{"data":', reason: 'TRACKUNIT_UNAVAILABLE' },
    { title: 'JSON of another form', body: [1, 2], reason: 'TRACKUNIT_UNAVAILABLE' },
  ])('$title: $reason', ({ body, reason }) => {
    expect(() => answer(body)).toThrow(expect.objectContaining({ reason }))
  })

  test('the errors that Trackunit named are the cause of ours', () => {
    const cause = expect.objectContaining({ message: 'Trackunit said: {"errors":[{"message":"no field colour"}]}' })
    expect(() => answer({ errors: [{ message: 'no field colour' }] })).toThrow(expect.objectContaining({ cause }))
  })

  test('an HTML page is not a parse failure', () => {
    expect(() => answer('<!doctype html>', { status: 404, type: 'text/html' })).toThrow('web page')
  })

  test('an outage with a JSON body is an outage', () => {
    expect(() => answer({ errors: [{ message: 'x' }] }, { status: 502 })).toThrow('TRACKUNIT_UNAVAILABLE')
  })
})
