import { EventEmitter } from 'node:events'
import type { InstallationEvent } from '@standin/contracts'
import type { GrantedAccounts } from '../access/authorize.ts'
import type { Database } from '../database/database.ts'
import type { Listener } from '../database/listen.ts'
import { listInstallationEvents, numberInstallationEvents } from './installation-event-store.ts'

export type InstallationEvents = Awaited<ReturnType<typeof createInstallationEvents>>

interface Reader {
  /** Asked before each read: grants change while a stream is open. Undefined: the right to read has ended. */
  accounts: () => Promise<GrantedAccounts | undefined>
  afterSeq: number
  /** Ends the stream. */
  signal: AbortSignal
}

const batch = 500
/** The net under a lost notification. */
const pollEveryMs = 5_000

/** What services are told of accounts, as streams that miss nothing and repeat nothing. One LISTEN for a process. */
export async function createInstallationEvents({ db, listener }: { db: Database; listener: Listener }) {
  const woken = new EventEmitter()
  woken.setMaxListeners(0)
  const wake = () => woken.emit('wake')
  await listener.on('installation_event', wake, wake)
  await listener.on('access_changed', wake, wake)

  let numbering: Promise<void> | undefined
  /** One numbering for all readers that wake at once. One that was under way when somebody woke may have begun too early. */
  async function numbered(): Promise<void> {
    await numbering?.catch(() => {})
    numbering ??= numberInstallationEvents(db).finally(() => {
      numbering = undefined
    })
    await numbering
  }

  return {
    /** Events after `afterSeq`, those there are and those to come; ends by `signal`, or when the right to read has ended. */
    async *stream({ accounts, afterSeq, signal }: Reader): AsyncGenerator<InstallationEvent> {
      let seen = afterSeq
      const waking = createWaking(woken, signal) // Before the first read: what happens between the two is not missed.
      try {
        while (!signal.aborted) {
          await numbered()
          const readable = await accounts()
          if (!readable) return
          const events = await listInstallationEvents(db, readable, { after: seen, limit: batch })
          for (const event of events) {
            if (signal.aborted) return
            seen = event.seq
            yield event
          }
          if (events.length < batch) await waking.next()
        }
      } finally {
        waking.close()
      }
    },
  }
}

/** Resolves when something happened since the last time it was asked, or when the net's time is up. */
function createWaking(woken: EventEmitter, signal: AbortSignal) {
  let happened = false
  let resolve: (() => void) | undefined
  const wake = () => {
    happened = true
    resolve?.()
  }
  woken.on('wake', wake)
  signal.addEventListener('abort', wake)
  return {
    async next(): Promise<void> {
      if (!happened) {
        const { promise, resolve: settle } = Promise.withResolvers<void>()
        resolve = settle
        const net = setTimeout(settle, pollEveryMs)
        await promise
        clearTimeout(net)
        resolve = undefined
      }
      happened = false
    },
    close(): void {
      woken.off('wake', wake)
      signal.removeEventListener('abort', wake)
    },
  }
}
