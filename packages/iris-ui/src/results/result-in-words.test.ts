import type { Message, SentResult } from '@standin/client'
import { expect, test } from 'vitest'
import { resultInWords } from './result-in-words.ts'

test('an answer is put into words once, whichever parts of a page show it, and again in another language', () => {
  const page = { headline: 'Idle', rows: [{ cells: { why: { key: 'why', text: 'Idle', values: {} } } }] }
  const asked: string[] = []
  const say = (language: string) => (_: string, message: Message) => {
    asked.push(language)
    return `${language} ${typeof message === 'object' && 'text' in message ? message.text : message}`
  }
  const [english, danish] = [say('en'), say('da')]
  const inWords = (ofAction: typeof english) =>
    resultInWords(page as unknown as SentResult, { actionId: 'list', texts: { ofAction } })

  const first = inWords(english)
  const times = asked.length
  expect(inWords(english)).toBe(first)
  expect(asked).toHaveLength(times)
  expect(inWords(danish).rows[0]?.cells.why).toBe('da Idle')
})
