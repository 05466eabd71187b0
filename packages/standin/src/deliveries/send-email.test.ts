import { expect, test } from 'vitest'
import { startMailServer } from '../../test/mail-server.ts'
import { Secret } from '../config/secret.ts'
import { type Email, sendEmail } from './send-email.ts'

const from = 'Fleet assistant <fleet@example.com>'
const email: Email = {
  id: 'run-1/0',
  to: 'anna@example.org',
  subject: 'Attention list: 3 machines need you\r\nBcc: eve@example.org',
  text: 'Three machines.',
  html: '<p>Three machines.</p>',
  attachment: { name: 'list.csv', mediaType: 'text/csv; charset=utf-8', content: Buffer.from('a,b\r\n') },
}

const configured = ({ url }: { url: string }) => ({
  config: { delivery: { managerUrl: 'https://manager.example', smtp: { server: new Secret(url), from } } },
})

test('an email arrives once at its one reader, with both forms and its file, under a stable id', async () => {
  await using server = await startMailServer()
  expect(await sendEmail(configured(server), email)).toEqual({ kind: 'delivered' })
  await sendEmail(configured(server), email)

  const [mail, again] = server.mails
  expect(mail).toMatchObject({ from: 'fleet@example.com', to: ['anna@example.org'] })
  for (const part of [
    'text/plain',
    'text/html',
    'filename=list.csv',
    Buffer.from('a,b\r\n').toString('base64'),
    'Auto-Submitted: auto-generated',
  ])
    expect(mail?.raw).toContain(part)
  expect(mail?.raw).not.toMatch(/^Bcc:/m)
  const idOf = (raw = '') => /^Message-ID: (.*)$/m.exec(raw)?.[1]
  expect(idOf(mail?.raw)).toBe('<run-1.0@example.com>')
  expect(idOf(again?.raw)).toBe(idOf(mail?.raw))
})

test.for([
  { refusals: { recipient: 550 }, outcome: { kind: 'refused', because: 'The mail server answered 550.' } },
  { refusals: { recipient: 451 }, outcome: { kind: 'failed', because: 'The mail server answered 451.' } },
  // A wrong password, which the operator will correct.
  { refusals: { signIn: 535 }, outcome: { kind: 'failed', because: 'The mail server answered 535.' } },
])(
  '$outcome.because The email is $outcome.kind, and no more of the answer is quoted',
  async ({ refusals, outcome }) => {
    await using server = await startMailServer(refusals)
    expect(await sendEmail(configured(server), email)).toEqual(outcome)
  },
)

test('a server that is down is tried again later', async () => {
  const server = await startMailServer()
  await server[Symbol.asyncDispose]()
  expect(await sendEmail(configured(server), email)).toMatchObject({ kind: 'failed' })
})
