import { format, inspect } from 'node:util'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { Secret } from './secret.ts'

const secret = new Secret('s3cr3t')
const printed: Record<string, () => string> = {
  String: () => String(secret),
  'a template': () => `${secret}`,
  join: () => [secret].join(),
  'JSON.stringify': () => JSON.stringify({ a: [secret] }),
  inspect: () => inspect({ a: [secret] }, { showHidden: true, depth: 9 }),
  'inspect without the custom form': () => inspect(secret, { customInspect: false, showHidden: true, getters: true }),
  format: () => format('%s %j %o %O', secret, secret, secret, secret),
  'its own keys': () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret), { ...secret }]),
  'a copy': () => JSON.stringify(structuredClone(secret)),
  'an error': () => inspect(new Error(`failed with ${secret}`, { cause: secret })),
  pino: () => {
    let line = ''
    pino({}, { write: (text: string) => (line += text) }).info({ secret, nested: { secret } }, 'with %s', secret)
    return line
  },
}

describe('invariant 10: a secret is never printed', () => {
  test.each(Object.entries(printed))('%s', (_title, print) => {
    expect(print()).not.toContain('s3cr3t')
  })

  test('it prints as [secret]', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]'])
  })
})

test('only reveal returns it', () => {
  expect(secret.reveal()).toBe('s3cr3t')
})
