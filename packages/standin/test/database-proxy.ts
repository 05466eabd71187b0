import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface DatabaseProxy extends AsyncDisposable {
  /** Of the same database, through here. */
  readonly url: string
  /** Connections that are there stay open and carry nothing any more; new ones work. */
  fallSilent(): void
  /** Every connection ends, and none is let in: PostgreSQL was stopped. */
  stop(): void
  start(): void
}

/** Stands between clients and PostgreSQL, to be cut without troubling the others who use it. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isStopped = false
  const server = createServer((client) => {
    if (isStopped) return client.destroy()
    const directory = target.searchParams.get('host')
    const port = target.port || '5432'
    const upstream = directory
      ? connect(`${directory}/.s.PGSQL.${port}`)
      : connect({ host: target.hostname, port: Number(port) })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    return client.pipe(upstream).pipe(client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(target)
  url.searchParams.delete('host')
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) })
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.href,
    fallSilent() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    stop() {
      isStopped = true
      endAll()
    },
    start() {
      isStopped = false
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
    },
  }
}
