import { describe, expect, test } from 'vitest'
import { learnFromAnswer } from './learn-from-answer.ts'

const now = new Date('2026-11-24T09:00:00Z')
const graphql = { method: 'POST' as const, path: '/api/graphql/', document: '{ assets { edges { node { id } } } }' }
const answer = (body: unknown, { status = 200, headers = {} }: { status?: number; headers?: HeadersInit } = {}) => ({
  status,
  headers: new Headers(headers),
  text: typeof body === 'string' ? body : JSON.stringify(body),
})

describe('limits learnt from an answer', () => {
  test.each([
    ['as Retry-After says, in seconds', { 'retry-after': '7' }, 7_000],
    ['as Retry-After says, as a date', { 'retry-after': 'Tue, 24 Nov 2026 09:00:09 GMT' }, 9_000],
  ])('a 429 blocks %s', (_how, headers, blockedForMs) => {
    const request = { method: 'GET' as const, path: '/api/asset/v2/assets' }
    expect(learnFromAnswer(request, answer('', { status: 429, headers }), now)).toEqual({ blockedForMs })
  })

  test('RATE_LIMITED blocks for its resetIn, which is milliseconds', () => {
    const limited = { errors: [{ extensions: { code: 'RATE_LIMITED', resetIn: 9_000 } }] }
    expect(learnFromAnswer(graphql, answer(limited), now)).toEqual({ blockedForMs: 9_000 })
  })

  test('a resetIn of days is an hour: it must not stop an account for days', () => {
    const days = 30 * 86_400_000
    const limited = { errors: [{ extensions: { code: 'RATE_LIMITED', resetIn: days } }] }
    expect(learnFromAnswer(graphql, answer(limited), now)).toEqual({ blockedForMs: 3_600_000 })
    const points = { data: { rateLimit: { cost: 1, remaining: 1, resetIn: days } } }
    expect(learnFromAnswer(graphql, answer(points), now)?.points?.resetInMs).toBe(3_600_000)
  })

  test('rateLimit gives the cost of the document and the remaining points', () => {
    const learnt = learnFromAnswer(
      graphql,
      answer({ data: { rateLimit: { cost: 412, remaining: 5_000, resetIn: 60_000 } } }),
      now,
    )
    expect(learnt).toMatchObject({ points: { cost: 412, remaining: 5_000, resetInMs: 60_000 } })
  })

  test.each([
    ['a page, as where a permission is missing', '<html>not here</html>', 404, true],
    ['403', '{"code":"FORBIDDEN"}', 403, true],
    ['an error of that name', '{"errors":[{"extensions":{"code":"PLAN_REQUIRED"}}],"data":null}', 200, true],
    ['data', '{"data":{}}', 200, false],
    ['another error', '{"errors":[{"extensions":{"code":"BAD_REQUEST"}}],"data":null}', 400, undefined],
    ['no answer', '', 503, undefined],
  ])('%s says whether GraphQL is refused', (_title, text, status, isRefused) => {
    expect(learnFromAnswer(graphql, answer(text, { status }), now)?.isRefused).toBe(isRefused)
  })

  test.each(['<html>not here</html>', '{', '{"data":null}'])('%s is ignored', (text) => {
    expect(learnFromAnswer(graphql, answer(text), now)).toEqual({})
  })
})
