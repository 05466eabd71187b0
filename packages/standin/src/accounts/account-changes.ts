import { EventEmitter } from 'node:events'
import type { AccountChange } from '@standin/contracts'
import type { Channel, Listener } from '../database/listen.ts'

export type AccountChanges = Awaited<ReturnType<typeof createAccountChanges>>

type Changed = ReadonlySet<AccountChange['type']>

/** What may change how an installation looks: its own row, its credentials, what exchanges learnt of Trackunit. */
const ofInstallation: readonly Channel[] = ['installation_changed', 'credentials_changed', 'token_changed']
/** The net under a lost notification. */
const pollEveryMs = 5_000

/** Who looks at an account is told what to look at anew. One LISTEN for a process. */
export async function createAccountChanges({ listener }: { listener: Pick<Listener, 'on'> }) {
  const accounts = new EventEmitter()
  accounts.setMaxListeners(0)
  const hear = (channel: Channel, type: AccountChange['type']) =>
    listener.on(
      channel,
      (payload) => accounts.emit(payload.split(' ')[0] ?? '', type),
      () => {
        for (const accountId of accounts.eventNames()) accounts.emit(accountId, type)
      },
    )
  for (const channel of ofInstallation) await hear(channel, 'installation')
  await hear('runs_changed', 'runs')

  return {
    /**
     * What has changed on an account since the last time, for as long as it is asked and `signal` lets it; what happens
     * in between comes together. The installation now and then also without a change.
     * @param first what counts as changed when it begins
     */
    async *of(
      accountId: string,
      { first, signal }: { first: Iterable<AccountChange['type']>; signal: AbortSignal },
    ): AsyncGenerator<Changed> {
      let changed = new Set(first)
      let happened = Promise.withResolvers<void>()
      const wake = () => happened.resolve()
      const note = (type: AccountChange['type']) => {
        changed.add(type)
        wake()
      }
      const net = setInterval(note, pollEveryMs, 'installation')
      accounts.on(accountId, note) // Before the first yield: what happens while it is looked at is not missed.
      signal.addEventListener('abort', wake)
      try {
        while (!signal.aborted) {
          if (changed.size === 0) {
            await happened.promise
            happened = Promise.withResolvers()
            continue
          }
          const told = changed
          changed = new Set()
          yield told
        }
      } finally {
        clearInterval(net)
        accounts.off(accountId, note)
        signal.removeEventListener('abort', wake)
      }
    },
  }
}
