import { expect, test } from 'vitest'
import { startMailServer } from '../../test/mail-server.ts'
import { startRawReceiver } from '../../test/raw-receiver.ts'
import { Secret } from '../config/secret.ts'
import { type Email, sendEmail } from './send-email.ts'

const from = 'Fleet assistant <fleet@example.com>'
const email: Email = {
  id: 'run-1/0',
  to: 'anna@example.org',
  subject: 'Attention list: 3 machines need you\r\nBcc: eve@example.org',
  text: 'Three machines.',
  html: '<p>Three machines.</p>',
  withdrawUrl: `https://standin.example/receivers/withdraw/${'link.'.repeat(80)}`,
  attachment: { name: 'list.csv', mediaType: 'text/csv; charset=utf-8', content: Buffer.from('a,b\r\n') },
}

const unlimited = { signal: new AbortController().signal }

const configured = ({ url }: { url: string }) => ({
  config: {
    delivery: {
      domains: [],
      managerUrl: 'https://manager.example',
      appUrl: undefined,
      smtp: { server: new Secret(url), from },
    },
  },
})

test('an email arrives once at its one reader, with both forms and its file, under a stable id', async () => {
  await using server = await startMailServer()
  expect(await sendEmail(configured(server), email, unlimited)).toEqual({ kind: 'delivered' })
  await sendEmail(configured(server), email, unlimited)

  const [mail, again] = server.mails
  expect(mail).toMatchObject({ from: 'fleet@example.com', to: ['anna@example.org'] })
  for (const part of [
    'text/plain',
    'text/html',
    'filename=list.csv',
    Buffer.from('a,b\r\n').toString('base64'),
    'Auto-Submitted: auto-generated',
    `List-Unsubscribe:\r\n <${email.withdrawUrl}>\r\n`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
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
    expect(await sendEmail(configured(server), email, unlimited)).toEqual(outcome)
  },
)

test('a server that is down is tried again later', async () => {
  const server = await startMailServer()
  await server[Symbol.asyncDispose]()
  expect(await sendEmail(configured(server), email, unlimited)).toMatchObject({ kind: 'failed' })
})

test.for(['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', '.'])(
  'invariant 25: a mail server that says nothing after %s is abandoned when the time for a send is over',
  async (last) => {
    const time = new AbortController()
    await using server = await startRawReceiver(
      (socket) => {
        const say = (after: string, answer: string) => (after === last ? time.abort() : socket.write(`${answer}\r\n`))
        say('greeting', '220 mail.example')
        socket.setEncoding('utf8').on('data', (text: string) => {
          const command = ['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'].find((each) => text.startsWith(each))
          if (command === 'EHLO') say('EHLO', '250-mail.example\r\n250 AUTH PLAIN')
          else if (command) say(command, { AUTH: '235 ok', DATA: '354 go on' }[command] ?? '250 ok')
          else if (text.endsWith('\r\n.\r\n')) say('.', '250 ok')
        })
      },
      { tls: false },
    )
    const url = `smtp://standin:password@127.0.0.1:${server.port}`
    expect(await sendEmail(configured({ url }), email, { signal: time.signal })).toMatchObject({ kind: 'failed' })
    await server.closed
  },
)
