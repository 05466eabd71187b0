import { expect, test } from 'vitest'
import { emailOfQuestion } from './email-of-question.ts'
import { plainName } from './plain-name.ts'

const question = {
  app: {
    name: 'Fleet',
    accent: { light: '#7a1fa2', dark: '#d9a6ff' },
    logoUrl: 'https://acme.example/logo.png?a=1&b=2',
  },
  language: 'en',
  who: 'Anna',
  address: 'bert@acme.example',
  confirmUrl: 'https://standin.example/confirm?a=1&b=2',
  withdrawUrl: 'https://standin.example/withdraw',
}

test('a question says who asks for what, and has the links to agree and never to be asked again', () => {
  const { subject, text, html } = emailOfQuestion(question)
  expect(subject).toBe('Would you like to get results from Fleet?')
  expect(text).toContain('Anna would like Fleet to send results about their machines to bert@acme.example.')
  expect(text).toContain('https://standin.example/confirm?a=1&b=2')
  expect(html).toContain('href="https://standin.example/confirm?a=1&amp;b=2"')
  for (const form of [text, html]) expect(form).toContain('https://standin.example/withdraw')
  expect(html).toContain('background:#7a1fa2')
  expect(html).toContain('<img src="https://acme.example/logo.png?a=1&amp;b=2" alt="Fleet"')
})

test('it is in Danish for a Danish asker, and in English for one of an unknown language', () => {
  expect(emailOfQuestion({ ...question, language: 'da-DK' }).subject).toBe('Vil du have resultater fra Fleet?')
  for (const language of [undefined, 'x', 'dan', 'en-DK'])
    expect(emailOfQuestion({ ...question, language }).subject).toBe('Would you like to get results from Fleet?')
})

test('a name cannot bring a link or markup into someone else’s mailbox', () => {
  expect(plainName('Anna-Marie O’Neil Åkerström')).toBe('Anna-Marie O’Neil Åkerström')
  expect(plainName('Win at https://evil.example/x')).toBe('Win at https evil example x')
  expect(plainName('a@evil.example\r\nBcc: x')).toBe('a evil example Bcc x')
  expect(plainName('<b>')).toBe('b')
  expect(plainName('x'.repeat(500))).toHaveLength(60)
  for (const nothing of [null, '', ' ', '123', '/.:']) expect(plainName(nothing)).toBeUndefined()
})
