import { describe, expect, test } from 'vitest'
import { StandinError } from '../standin-error.ts'
import { createLogger, type Logger } from './logger.ts'

function logged(write: (log: Logger) => void): { text: string; line: Record<string, unknown> } {
  let text = ''
  write(createLogger('trace', { write: (line: string) => (text += line) }))
  return { text, line: JSON.parse(text) }
}
const libraryError = () =>
  Object.assign(new Error('Failed query: insert … params: s3cr3t\n    at s3cr3t (params:1:1)'), {
    code: '23505',
    query: 's3cr3t',
    params: ['s3cr3t'],
    cause: Object.assign(new TypeError('s3cr3t in a cause'), { code: 'ECONNRESET', body: 's3cr3t' }),
  })

describe('invariant 10: no message of a library reaches the log', () => {
  test.each<[string, (log: Logger) => void]>([
    ['as err with a text', (log) => log.error({ err: libraryError() }, 'failed')],
    ['as err without a text', (log) => log.error({ err: libraryError() })],
    ['alone', (log) => log.error(libraryError())],
    [
      'with its own message as text, as Fastify does',
      (log) => log.error({ err: libraryError() }, libraryError().message),
    ],
    ['in a child', (log) => log.child({ a: 1 }).warn({ err: libraryError() })],
    ['as something that was thrown and is no error', (log) => log.error({ err: 's3cr3t' }, 'failed')],
    [
      'as the cause of our own error',
      (log) => log.error({ err: new StandinError('INTERNAL', { cause: libraryError() }) }),
    ],
  ])('%s', (_title, write) => {
    const { text, line } = logged(write)
    expect(text).not.toContain('s3cr3t')
    expect(line.msg).toEqual(expect.any(String))
  })

  const changedLater = new Error('first\n    at s3cr3t (params:1:1)')
  expect(changedLater.stack).toContain('s3cr3t') // From here on it stays as it is.
  changedLater.message = 'later'
  const ownCause = new Error('s3cr3t')
  ownCause.cause = ownCause
  test.each<[string, Error]>([
    ['whose message was changed later', changedLater],
    ['that is its own cause', ownCause],
    ['without a message', Object.assign(new Error(''), { message: undefined })],
    ['whose message is no text', Object.assign(new Error(''), { message: { s3cr3t: 's3cr3t' } })],
    ['whose stack is no text', Object.assign(new Error('s3cr3t'), { stack: ['s3cr3t'] })],
    [
      'that throws when it is looked at',
      Object.defineProperty(new Error(''), 'message', {
        get() {
          throw new Error('s3cr3t')
        },
      }),
    ],
  ])('of an error %s', (_title, error) => {
    const { text, line } = logged((log) => log.error({ err: error }, 'failed'))
    expect(text).not.toContain('s3cr3t')
    expect(line).toMatchObject({ msg: 'failed', err: { type: expect.any(String) } })
  })

  test('type, code, reason and place stay', () => {
    const { line } = logged((log) => log.error({ err: libraryError() }, 'failed'))
    expect(line).toMatchObject({
      msg: 'failed',
      err: { type: 'Error', code: '23505', cause: { type: 'TypeError', code: 'ECONNRESET' } },
    })
    expect((line.err as { places: string[] }).places[0]).toContain('logger.test.ts')
  })

  test('logs every error in full in development, but never fields with secret names', () => {
    let text = ''
    const log = createLogger('trace', { write: (line: string) => (text += line) }, { isDevelopment: true })
    log.error({ err: new TypeError('no such thing', { cause: new Error('because') }), token: 's3cr3t' }, 'failed')
    const place = expect.stringContaining('logger.test.ts:')
    expect(JSON.parse(text).err).toMatchObject({
      type: 'TypeError',
      message: 'no such thing',
      places: expect.arrayContaining([place]),
      cause: { message: 'because' },
    })
    expect(text).not.toContain('s3cr3t')
  })

  test('our own errors keep their message', () => {
    const { line } = logged((log) => log.error({ err: new StandinError('NOT_FOUND', { detail: 'More.' }) }))
    expect(line).toMatchObject({ err: { reason: 'NOT_FOUND', message: expect.stringContaining('More.') } })
  })
})

describe('invariant 10: fields that are secret by their name are not logged', () => {
  const names = [
    'authorization',
    'trackunit-identity',
    'clientSecret',
    'client_secret',
    'accessToken',
    'access_token',
    'token',
  ]
  test.each(names)('%s', (name) => {
    const fields = { [name]: 's3cr3t' }
    for (const logging of [fields, { body: fields }, { req: { headers: fields } }, { list: [fields] }]) {
      const { text } = logged((log) => log.info(logging, 'request'))
      expect(text).not.toContain('s3cr3t')
      expect(text).toContain('[secret]')
    }
    expect(logged((log) => log.child(fields).info('request')).text).not.toContain('s3cr3t')
  })
})

test('logs everything else unchanged', () => {
  const { line } = logged((log) => log.info({ status: 200, route: '/trpc/*' }, 'request of %s', 'somebody'))
  expect(line).toMatchObject({ status: 200, route: '/trpc/*', msg: 'request of somebody' })
})
