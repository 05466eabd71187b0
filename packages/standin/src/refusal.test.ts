import { errorReasons } from '@standin/contracts'
import { TRPCError } from '@trpc/server'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { errors as jose } from 'jose'
import * as oauth from 'oauth4webapi'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toRefusal } from './refusal.ts'
import { StandinError } from './standin-error.ts'

const leak = 's3cr3t'
const coded = (code: string, cause?: unknown) => Object.assign(new Error(`${leak} ${code}`, { cause }), { code })
const postgresError = (code: string) =>
  Object.assign(new postgres.PostgresError({ message: leak } as never), {
    code,
    detail: `Key (secret)=(${leak})`,
    query: leak,
  })
const query = (cause: Error) => new DrizzleQueryError(`insert into x values ($1)`, [leak], cause)

describe('invariant 10: nothing of a library’s error is revealed', () => {
  test.each<[string, unknown, string]>([
    ['a query with its parameters', query(postgresError('23505')), 'INTERNAL'],
    [
      'a query in tRPC',
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: leak, cause: query(postgresError('42P01')) }),
      'INTERNAL',
    ],
    ['a JWT’s claims', new jose.JWTClaimValidationFailed(leak, { claim: leak }, 'aud', leak), 'INTERNAL'],
    [
      'a token response',
      new oauth.OperationProcessingError(leak, {
        code: 'OAUTH_INVALID_RESPONSE',
        cause: { body: { access_token: leak } },
      }),
      'INTERNAL',
    ],
    ['a plain error', new Error(leak), 'INTERNAL'],
    ['text', leak, 'INTERNAL'],
    ['nothing', undefined, 'INTERNAL'],
    ['an object with a code', { code: 'NOT_FOUND', message: leak }, 'INTERNAL'],
    ['a code that is a name of Object’s', coded('constructor'), 'INTERNAL'],
    ['an unknown path in tRPC', new TRPCError({ code: 'NOT_FOUND', message: leak }), 'NOT_FOUND'],
    ['bytes that are no JSON', new TRPCError({ code: 'PARSE_ERROR', message: leak }), 'INPUT_INVALID'],
    ['a body that Fastify finds too large', coded('FST_ERR_CTP_BODY_TOO_LARGE'), 'INPUT_TOO_LARGE'],
    ['a media type', coded('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 'UNSUPPORTED_MEDIA_TYPE'],
    ['a URL', coded('FST_ERR_BAD_URL'), 'NOT_FOUND'],
  ])('%s', (_title, error, reason) => {
    const refusal = toRefusal(error)
    expect(refusal.reason).toBe(reason)
    expect(JSON.stringify(refusal)).not.toContain(leak)
    expect(refusal.message).toBe(errorReasons[refusal.reason].message)
  })
})

describe('a database that is unavailable', () => {
  test.each([
    'CONNECT_TIMEOUT',
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    '57P01',
    '57P03',
    '08006',
    '53100',
    '53200',
    '53300',
    '25006',
    '40001',
    '40P01',
  ])('%s is a 503 that may be tried again', (code) => {
    for (const error of [
      coded(code),
      query(coded(code)),
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: query(coded(code)) }),
    ])
      expect(toRefusal(error)).toMatchObject({ reason: 'STORAGE_UNAVAILABLE', status: 503 })
  })
  test.each(['28P01', '42P01', '23505', '57014'])('%s is not', (code) => {
    expect(toRefusal(query(postgresError(code))).reason).toBe('INTERNAL')
  })
})

describe('our own errors are shown', () => {
  test('with their text, wherever they are in the chain of causes', () => {
    const ours = new StandinError('KEYS_UNAVAILABLE', {
      retryAfterMs: 1_500.2,
      detail: 'One more.',
      cause: new Error(leak),
    })
    for (const error of [ours, new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: leak, cause: ours })])
      expect(toRefusal(error)).toEqual({
        reason: 'KEYS_UNAVAILABLE',
        status: 503,
        message: `${errorReasons.KEYS_UNAVAILABLE.message} One more.`,
        retryAfterMs: 1_501,
      })
  })

  test('and an endless chain of causes is cut off', () => {
    const endless = new Error(leak)
    endless.cause = endless
    expect(toRefusal(endless).reason).toBe('INTERNAL')
  })
})

describe('an invalid input', () => {
  const schema = z.strictObject({ name: z.string().max(3), mode: z.enum(['a', 'b']), nested: z.object({ n: z.int() }) })
  const problem = schema.safeParse({ name: leak, mode: leak, nested: { n: leak }, [leak]: leak }).error
  test('names the fields, never their values', () => {
    const refusal = toRefusal(new TRPCError({ code: 'BAD_REQUEST', cause: problem }))
    expect(refusal).toMatchObject({ reason: 'INPUT_INVALID', status: 400 })
    expect(refusal.issues?.map(({ path }) => path).sort()).toEqual(['', 'mode', 'name', 'nested.n'])
    expect(JSON.stringify(refusal)).not.toContain(leak)
  })

  test('names unknown fields, if their names look like field names', () => {
    const { error } = schema.safeParse({ name: 'a', mode: 'a', nested: { n: 1 }, nmae: 'a', nesting: {}, [leak]: 1 })
    expect(toRefusal(error).issues?.map(({ path }) => path)).toEqual(['nmae', 'nesting', ''])
  })

  test('names at most twenty of them, each shortened', () => {
    const many = z
      .record(z.string(), z.int())
      .safeParse(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`.padEnd(300), 'x'])))
    const { issues } = toRefusal(many.error)
    expect(issues).toHaveLength(20)
    expect(issues!.every(({ path }) => path.length <= 100)).toBe(true)
  })
})
