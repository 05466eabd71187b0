import { describe, expect, test } from 'vitest'
import { StandinError } from '../standin-error.ts'
import { ActionFailed } from './action-failed.ts'
import { failureText } from './failure-text.ts'

const inProduction = (error: unknown, isEnd = true) => failureText(error, { isProduction: true, isEnd })
const inDevelopment = (error: unknown, isEnd = true) => failureText(error, { isProduction: false, isEnd })
const here = expect.stringContaining('failure-text.test.ts:')

test('shows the text of an action everywhere, also if another error wraps it', () => {
  const failed = new ActionFailed({ text: 'Order 77 is closed', key: 'closed', values: { order: 77 } })
  for (const say of [inProduction, inDevelopment]) {
    expect(say(failed)).toEqual(failed.text)
    expect(say(new Error('x', { cause: failed }))).toEqual(failed.text)
  }
})

describe('in production', () => {
  test('an unexpected error shows no text, since it may contain a token', () => {
    for (const error of [new TypeError('token abc'), 'token abc', undefined, { message: 'token abc' }])
      expect(inProduction(error)).toBeNull()
  })

  test('a rule that the action broke is named', () => {
    expect(inProduction(new StandinError('ACTION_FAULTY', { detail: 'It did.' }))).toBe('It did.')
    expect(inProduction(new StandinError('TRACKUNIT_REFUSED', { detail: 'It answered so.' }))).toBeNull()
  })
})

describe('in development', () => {
  test('shows the message and place of any error', () => {
    for (const error of [new TypeError('no such thing'), new StandinError('ACTION_FAULTY', { detail: 'It did.' })])
      expect(inDevelopment(error)).toEqual(here)
    expect(inDevelopment(new TypeError('no such thing'))).toMatch(/^TypeError: no such thing, at /)
    expect(inDevelopment('a bare text')).toBe('Thrown: a bare text')
  })

  test('shows what caused an error, such as what Trackunit said', () => {
    const cause = new Error('Trackunit said: no field "colour"', { cause: new Error('inner') })
    const refused = new StandinError('TRACKUNIT_REFUSED', { detail: 'It answered so.', cause })
    expect(inDevelopment(refused)).toMatch(/It answered so\. \(Trackunit said: no field "colour"\) \(inner\), at /)
    expect(inProduction(refused)).toBeNull()
  })

  test('a place is a path that an editor opens, whatever the folder is called', () => {
    const error = new Error('broken')
    error.stack = 'Error: broken\n    at async Object.run (file:///home/me/Mine%20%C3%A6%20(1)/actions/list.ts:25:23)'
    expect(inDevelopment(error)).toBe('Error: broken, at Object.run (/home/me/Mine æ (1)/actions/list.ts:25:23)')
  })

  test('a run that waits for a known reason shows only that', () => {
    const limited = new StandinError('TRACKUNIT_RATE_LIMITED')
    expect(inDevelopment(limited, false)).toBeNull()
    expect(inDevelopment(limited, true)).toEqual(here)
  })

  test('drops characters that PostgreSQL refuses, and shortens long texts', () => {
    expect(inProduction(new ActionFailed('a\0b\ud800'))).toBe('ab\ufffd')
    expect(inProduction(new ActionFailed('x'.repeat(2_000)))).toHaveLength(1_000)
  })

  test('lines of a message that look like places are no places', () => {
    expect(inDevelopment(new Error('x\n    at evil (/nowhere.ts:1:1)'))).toEqual(here)
  })
})
