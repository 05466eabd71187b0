import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { receiverCertificate } from './receiver-certificate.ts'

export interface RawReceiver extends AsyncDisposable {
  readonly port: number
  /** Resolves when the first connection is closed. */
  readonly closed: Promise<void>
}

/**
 * A receiver at `receiver.example` that writes bytes as the test says, since no HTTP library sends what hostile receivers do.
 * @param tls false: it accepts the connection and never begins TLS
 */
export async function startRawReceiver(
  onConnection: (socket: Socket) => unknown,
  { tls = true }: { tls?: boolean } = {},
): Promise<RawReceiver> {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const { promise: listening, resolve: listen } = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  const take = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => close())
    onConnection(socket)
  }
  const server = tls ? createTlsServer(receiverCertificate, take) : createTcpServer(take)
  server.listen(0, '127.0.0.1', listen)
  await listening
  return {
    port: (server.address() as AddressInfo).port,
    closed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
