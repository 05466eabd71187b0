import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalServer, startLocalServer } from '../../packages/standin/test/local-server.ts'
import { receiverCertificate } from '../../packages/standin/test/receiver-certificate.ts'

export interface WebhookReceiver extends AsyncDisposable {
  url: string
  requests: LocalServer['requests']
  /** With these settings, a server reaches it as a public host and trusts its certificate. */
  settings: Record<string, string>
}

/** A customer's host that receives what a schedule delivers. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-receiver-'))
  const authority = join(folder, 'authority.pem')
  await writeFile(authority, receiverCertificate.cert)
  const server = await startLocalServer((response) => response.writeHead(204).end(), { tls: receiverCertificate })
  return {
    url: `https://receiver.example:${new URL(server.url).port}/standin`,
    requests: server.requests,
    settings: {
      NODE_EXTRA_CA_CERTS: authority,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${import.meta.resolve('./receiver-on-the-internet.ts')}`,
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
