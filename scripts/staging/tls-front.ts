import { once } from 'node:events'
import { request as ask } from 'node:http'
import { createServer } from 'node:https'

/**
 * A proxy that ends TLS, as in front of a server in production: it replaces what a caller says about its address.
 * @returns a function that ends it
 */
export async function startTlsFront(
  { cert, key }: { cert: Buffer; key: Buffer },
  { port, to }: { port: number; to: number },
): Promise<() => Promise<void>> {
  const server = createServer({ cert, key }, (request, response) => {
    const headers = {
      ...request.headers,
      'x-forwarded-for': request.socket.remoteAddress,
      'x-forwarded-proto': 'https',
    }
    const passed = ask(
      { host: '127.0.0.1', port: to, path: request.url, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    passed.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  server.listen(port)
  await once(server, 'listening')
  return async () => {
    server.closeAllConnections()
    server.close()
  }
}
