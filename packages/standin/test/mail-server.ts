import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerAuthenticationResponse } from 'smtp-server'

export interface MailServer extends AsyncDisposable {
  readonly url: string
  readonly mails: ReadonlyArray<{ from: string; to: string[]; raw: string }>
}

/** Answers a step with this status instead of accepting it. */
interface Refusals {
  recipient?: number
  signIn?: number
}

/** A real mail server on localhost that keeps the mails it accepts. */
export async function startMailServer(refusals: Refusals = {}): Promise<MailServer> {
  const mails: Array<{ from: string; to: string[]; raw: string }> = []
  const refused = (responseCode: number) => Object.assign(new Error('refused <secret@example.com>'), { responseCode })
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth(_auth, _session, done: (error: Error | null, answer?: SMTPServerAuthenticationResponse) => void) {
      if (refusals.signIn) done(refused(refusals.signIn))
      else done(null, { user: 'standin' })
    },
    onRcptTo: (_address, _session, done) => done(refusals.recipient ? refused(refusals.recipient) : undefined),
    async onData(stream, { envelope }, done) {
      const raw = await text(stream)
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
      mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw })
      done()
    },
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://standin:password@127.0.0.1:${port}`,
    mails,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  }
}
