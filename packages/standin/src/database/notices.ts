import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { arrayText } from './array-text.ts'
import type { Database } from './database.ts'
import type { Channel } from './listen.ts'

export type Notice = readonly [channel: Channel, payload: string]

/**
 * Notifies every replica of a change, once it is committed. Only a hint that makes things faster: if a process dies before it
 * sends one, nothing is missed, since everything that waits for a change also polls.
 */
export interface Notices {
  send(channel: Channel, payload?: string): void
}

export interface Notifier extends Notices {
  /** Sends what still waits. */
  close(): Promise<void>
}

const everyMs = 10
const againMs = 250
/** How many wait at most while the database cannot be reached. */
const keptAtMost = 10_000

/**
 * Sends a notice at once if none was sent in the last ten milliseconds; otherwise together with all that come until then, without
 * duplicates. Not in the transaction that they are about: for NOTIFY, PostgreSQL locks the whole database while that
 * transaction's commit is flushed.
 */
export function createNotifier(write: (notices: readonly Notice[]) => Promise<unknown>): Notifier {
  let waiting = new Map<string, Notice>()
  let sending: Promise<void> | undefined
  let isClosing = false

  async function sendAll(): Promise<void> {
    await undefined // So that those of one transaction are sent together.
    while (waiting.size > 0) {
      const notices = waiting
      waiting = new Map()
      const isSent = await write([...notices.values()]).then(
        () => true,
        () => false,
      )
      if (!isSent && isClosing) break
      if (!isSent) waiting = new Map([...notices, ...waiting].slice(-keptAtMost))
      await pause(isSent ? everyMs : againMs)
    }
    sending = undefined
  }

  return {
    send(channel, payload = '') {
      waiting.set(`${channel} ${payload}`, [channel, payload])
      sending ??= sendAll()
    },
    async close() {
      isClosing = true
      await sending
    },
  }
}

/** In a transaction of its own that writes nothing, so that its commit needs no flush. */
export async function notify(db: Database, notices: readonly Notice[]): Promise<void> {
  const channels = notices.map(([channel]) => channel)
  const payloads = notices.map(([, payload]) => payload)
  await db.execute(sql`
    select pg_notify(channel, payload)
    from unnest(${arrayText(channels)}::text::text[], ${arrayText(payloads)}::text::text[]) as notice(channel, payload)`)
}
