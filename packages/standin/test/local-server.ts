import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export type Respond = (response: ServerResponse, request: ReceivedRequest) => unknown

export interface LocalServer extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
}

/** A real HTTP server on localhost, or HTTPS with a certificate, that answers as the test says and keeps what it received. */
export async function startLocalServer(
  respond: Respond,
  { tls }: { tls?: { cert: string; key: string } } = {},
): Promise<LocalServer> {
  const requests: ReceivedRequest[] = []
  const answer: RequestListener = async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const received = { method, path, headers, body: await text(request) }
    requests.push(received)
    await respond(response, received)
  }
  const server = tls ? createTlsServer(tls, answer) : createServer(answer)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Answers with a JSON body. */
export function json(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: object } = {},
): Respond {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Answers as a gateway does, with a page. */
export function page(status: number): Respond {
  return (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>Manager</title>')
}
