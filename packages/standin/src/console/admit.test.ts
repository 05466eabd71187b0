import { expect, test } from 'vitest'
import { cookieIn, isMeantForUs, isSentByUs } from './admit.ts'

test.for([
  ['localhost', true],
  ['localhost:9464', true],
  ['127.0.0.1:9464', true],
  ['10.1.2.3', true],
  ['[::1]:9464', true],
  ['standin-1.internal:9464', true], // METRICS_HOST
  ['evil.example', false],
  ['evil.example:9464', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['localhost@evil.example', false],
  ['', false],
  [undefined, false],
] as const)('the host %s: %s', ([host, isMeant]) => {
  expect(isMeantForUs(host, 'Standin-1.internal')).toBe(isMeant)
})

test('a form is ours only with the origin of the address that it was sent to', () => {
  const host = '127.0.0.1:9464'
  const sentBy = (origin: string | undefined) =>
    isSentByUs({ headers: { host, ...(origin !== undefined && { origin }) } })
  expect(sentBy(`http://${host}`)).toBe(true)
  expect(['null', undefined, 'http://127.0.0.1', 'http://127.0.0.1:94640', 'http://evil.example'].map(sentBy)).toEqual(
    Array.from({ length: 5 }, () => false),
  )
})

test('the cookie is found among others', () => {
  expect(cookieIn({ headers: { cookie: 'a=1; standin_console=x.1.k:m; b=2' } })).toBe('x.1.k:m')
  expect(cookieIn({ headers: { cookie: 'not_standin_console=x' } })).toBeUndefined()
  expect(cookieIn({ headers: {} })).toBeUndefined()
})
