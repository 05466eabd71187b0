import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createStatementCounter } from './statement-counter.ts'

export interface DatabaseProxy extends AsyncDisposable {
  /** Of the same database, through here. */
  readonly url: string
  /** Existing connections stay open but carry nothing more; new ones work. */
  fallSilent(): void
  /** Closes every connection and accepts no new one, as if PostgreSQL was stopped. */
  stop(): void
  /** Closes the next connections as soon as the database sends something on them. */
  endWhileConnecting(count: number): void
  /** Ends the next connection on which a client sends this. */
  endAt(text: string): void
  /** Delays everything that the database sends on new connections. */
  delay(ms: number): void
  /** Accepts no new connections; existing ones stay. */
  refuse(): void
  start(): Promise<void>
  /** Statements so far. */
  statements(): number
  /** Connections that are open. */
  sessions(): number
}

/** A proxy between clients and PostgreSQL that can be cut without affecting other clients. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let left = 0
  let statements = 0
  let endingAt: string | undefined
  let delayMs = 0
  const server = createServer((client) => {
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
    if (left > 0) {
      left--
      upstream.once('data', () => client.destroy())
      return client.pipe(upstream)
    }
    client.on(
      'data',
      createStatementCounter(() => statements++),
    )
    client.on('data', (chunk: Buffer) => {
      if (endingAt === undefined || !chunk.includes(endingAt)) return
      endingAt = undefined
      client.destroy()
    })
    if (delayMs === 0) return client.pipe(upstream).pipe(client)
    upstream.on('data', (chunk: Buffer) => setTimeout(() => client.write(chunk), delayMs))
    return client.pipe(upstream)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(target)
  url.searchParams.delete('host')
  const { port } = server.address() as AddressInfo
  Object.assign(url, { hostname: '127.0.0.1', port: String(port) })
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.href,
    fallSilent() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    stop() {
      server.close()
      endAll()
    },
    endWhileConnecting(count) {
      left = count
    },
    endAt(text) {
      endingAt = text
    },
    delay(ms) {
      delayMs = ms
    },
    refuse: () => void server.close(),
    statements: () => statements,
    sessions: () => sockets.size / 2,
    async start() {
      await once(server.listen(port, '127.0.0.1'), 'listening')
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
    },
  }
}
