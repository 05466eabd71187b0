import { describe, expect, test } from 'vitest'
import { StandinError } from '../standin-error.ts'
import { parseCallback } from './parse-callback.ts'

const accountId = '11111111-1111-4111-8111-111111111111'
const body = { type: 'INSTALLED', irisAppId: '@acme/app', accountId, clientId: 'client', clientSecret: 's3cr3t' }

/** What is said of it; undefined for what is taken. */
function refusalOf(text: string): string | undefined {
  try {
    parseCallback(Buffer.from(text))
    return undefined
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    return error.reason === 'CALLBACK_MALFORMED' ? (error.detail ?? '') : error.reason
  }
}

describe('a callback is refused with the field named, never stored changed', () => {
  test.each(
    ['clientId', 'clientSecret', 'irisAppId', 'type'].flatMap((field) =>
      ['a\r\nb', 'a\0', '\u0007', 'x\u007f', 'x\ud800', '', ['a'], 1].map((value) => [field, value] as const),
    ),
  )('%s %j', (field, value) => {
    expect(refusalOf(JSON.stringify({ ...body, [field]: value }))).toBe(`Missing or wrong: ${field}.`)
  })

  test.each([
    ['nested without end', `{"x":${'['.repeat(8_000)}${']'.repeat(8_000)}}`],
    ['nested a little too deep', `{"x":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['a key that reaches the prototype', `${JSON.stringify(body).slice(0, -1)},"__proto__":{}}`],
    ['no JSON', '{'],
  ])('%s', (_title, text) => {
    expect(refusalOf(text)).toBe('')
  })
})

test('an unknown field passes, whatever it holds', () => {
  const unknown = '"note":"a\\u0000\\ud800","more":[1e999]'
  expect(refusalOf(`${JSON.stringify(body).slice(0, -1)},${unknown}}`)).toBeUndefined()
})
