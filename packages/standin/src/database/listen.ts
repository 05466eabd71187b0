import { setTimeout as pause } from 'node:timers/promises'
import { defaultHeartbeat, type HeartbeatPolicy, type ListenSession, openListenSession } from './listen-session.ts'
import { createReplica, type Replica } from './replica.ts'

export type Channel =
  | 'credentials_pending'
  | 'credentials_changed'
  | 'installation_changed'
  | 'installation_event'
  | 'access_changed'
  | 'run_event'
  | 'runs_changed'
  | 'run_cancel'
  | 'run_due'
  | 'delivery_due'
  | 'token_changed'

export interface Listener {
  /** Calls `onNotify` for each notification, and `onConnect` whenever listening starts (again): notifications in between are lost. */
  on(channel: Channel, onNotify: (payload: string) => void, onConnect?: () => void): Promise<void>
  close(): Promise<void>
}

/** A listener whose session also holds this process's lock. */
export interface ReplicaListener extends Listener {
  replica: Replica
}

interface Hearer {
  onNotify: (payload: string) => void
  onConnect: (() => void) | undefined
  /** The session for which `onConnect` was called. */
  connectedTo?: ListenSession
}

const longestPauseMs = 1_000

/**
 * One session of a process, for LISTEN and for its replica's lock. It is replaced automatically, within a second if it does not
 * answer. Needs a direct connection, not a transaction pooler.
 */
export function createListener(url: string, heartbeat: HeartbeatPolicy = defaultHeartbeat): ReplicaListener {
  const hearers = new Map<string, Hearer[]>()
  let session: ListenSession | undefined
  const replica = createReplica(() => session?.silentForMs() ?? Number.POSITIVE_INFINITY)
  const closing = new AbortController()
  let ready = Promise.withResolvers<ListenSession>()

  const hear = (channel: string, payload: string) => {
    for (const { onNotify } of hearers.get(channel) ?? []) onNotify(payload)
  }

  async function keepSession(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      try {
        session = await openListenSession(url, hear, heartbeat)
        if (closing.signal.aborted) break
        for (const channel of hearers.keys()) await begin(session, channel)
        replica.hold(session.replicaId)
        ready.resolve(session)
        failures = 0
        await session.lost
      } catch {
        // Not reachable now: tried again below.
      }
      leave()
      const pauseMs = Math.min(longestPauseMs, 20 * 2 ** failures)
      await pause(pauseMs, undefined, { signal: closing.signal }).catch(() => {})
    }
    leave()
  }

  async function begin(of: ListenSession, channel: string): Promise<void> {
    await of.listen(channel)
    for (const hearer of hearers.get(channel) ?? []) {
      if (hearer.connectedTo === of) continue
      hearer.connectedTo = of
      hearer.onConnect?.()
    }
  }

  function leave(): void {
    session?.destroy()
    session = undefined
    if (replica.id() === undefined) return // No caller has used this session yet: those that wait get the next one.
    ready = Promise.withResolvers()
    replica.lose()
  }

  const kept = keepSession()
  return {
    replica,
    async on(channel, onNotify, onConnect) {
      hearers.set(channel, [...(hearers.get(channel) ?? []), { onNotify, onConnect }])
      while (!closing.signal.aborted) {
        const of = await ready.promise
        const begun = await begin(of, channel).then(
          () => true,
          () => false, // Lost in the meantime: the next session begins with this channel.
        )
        if (begun) return
        await of.lost
      }
    },
    async close() {
      closing.abort()
      session?.destroy()
      await kept
    },
  }
}
