import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import postgres, { type Options, type Sql } from 'postgres'
import { within } from '../within.ts'
import { advisoryLocks } from './advisory-locks.ts'
import { connectionOptions } from './database.ts'
import { namesOneHost, openSocket, type SocketAddress } from './sockets/open-socket.ts'
import { readTls } from './sockets/read-tls.ts'

/** One session of PostgreSQL: it listens, and its advisory lock shows that this process is alive. */
export interface ListenSession {
  /** The id whose lock it holds. Each session has a new one. */
  readonly replicaId: number
  listen(channel: string): Promise<void>
  /** How long ago the latest heartbeat was sent that the database has answered. */
  silentForMs(): number
  /** Resolves once, when the session is gone or has stopped answering. */
  readonly lost: Promise<void>
  /** Ends it at once, even if the other side does not answer. */
  destroy(): void
}

export interface HeartbeatPolicy {
  everyMs: number
  answerWithinMs: number
}

/** A session that does not answer is noticed within a second. */
export const defaultHeartbeat: HeartbeatPolicy = { everyMs: 300, answerWithinMs: 650 }

/** If a machine is gone, PostgreSQL ends its session, and so releases its lock, after about six seconds. */
const serverKeepalive = {
  tcp_keepalives_idle: 3,
  tcp_keepalives_interval: 1,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 6_000,
}

const connectWithinMs = 5_000

/** Options of postgres.js that its types lack. */
interface Untyped {
  onnotify: (channel: string, payload: string) => void
  socket: (address: SocketAddress) => Socket
}

/** @throws if the database cannot be reached */
export async function openListenSession(
  url: string,
  onNotify: (channel: string, payload: string) => void,
  { everyMs, answerWithinMs }: HeartbeatPolicy = defaultHeartbeat,
): Promise<ListenSession> {
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>()
  let isLost = false
  let heardOfMs = performance.now()
  let socket: Socket | undefined
  const common = connectionOptions({ max: 1, name: 'standin-listen' })
  const { url: address, options: ofTls } = readTls(url)
  const options: Options<Record<string, never>> & Partial<Untyped> = {
    ...common,
    ...ofTls,
    connection: { ...common.connection, ...serverKeepalive },
    connect_timeout: connectWithinMs / 1_000,
    idle_timeout: 0,
    max_lifetime: 0,
    onnotify: onNotify,
    onclose: () => end(),
  }
  if (namesOneHost(url)) {
    options.socket = (at) => {
      if (isLost) throw new Error('This session has ended.') // The driver would continue with another one, without the lock.
      socket = openSocket(at)
      return socket
    }
  }
  const sql: Sql = postgres(address, options as Options<Record<string, never>>)
  const end = () => {
    isLost = true
    lose()
  }
  const destroy = () => {
    end()
    // Closing alone would wait for an answer, also from a machine that is gone.
    socket?.destroy()
    void sql.end({ timeout: 0 }).catch(() => {})
  }

  try {
    const replicaId = await within(
      2 * connectWithinMs,
      takeReplicaLock(sql),
      'PostgreSQL accepted the connection but does not answer.',
    )
    void beat()
    return {
      replicaId,
      lost,
      destroy,
      silentForMs: () => performance.now() - heardOfMs,
      async listen(channel) {
        if (isLost) throw new Error('The session for LISTEN is lost.')
        await sql`listen ${sql(channel)}`
      },
    }
  } catch (error) {
    destroy()
    throw error
  }

  async function beat(): Promise<void> {
    while (!isLost) {
      await Promise.race([pause(everyMs, undefined, { ref: false }), lost])
      if (isLost) return
      const askedAtMs = performance.now()
      if (await answers(sql, answerWithinMs)) heardOfMs = askedAtMs
      else destroy()
    }
  }
}

async function takeReplicaLock(sql: Sql): Promise<number> {
  for (;;) {
    const id = randomInt(1, 2 ** 31)
    const [row] = await sql<
      [{ taken: boolean }]
    >`select pg_try_advisory_lock(${advisoryLocks.replicas}, ${id}) as taken`
    if (row.taken) return id
  }
}

async function answers(sql: Sql, withinMs: number): Promise<boolean> {
  let answered = false
  const answer = sql`select 1`.then(
    () => {
      answered = true
    },
    () => {},
  )
  const timer = new AbortController()
  const tooLate = pause(withinMs, undefined, { ref: false, signal: timer.signal }).catch(() => {})
  await Promise.race([answer, tooLate])
  timer.abort()
  // If this process itself was frozen, the answer may still be unread in the socket: one turn of the event loop reads it.
  if (!answered) await new Promise(setImmediate)
  return answered
}
