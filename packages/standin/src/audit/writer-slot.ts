import { randomUUID } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { releaseSlot, renewSlot, takeSlot } from './writer-slot-store.ts'

/** A process that does not renew its lease for this long is considered dead: another one takes over its chains. */
const leaseMs = 5 * 60_000

/** Under which name a process writes its chains. */
export interface WriterSlot {
  /** Takes one if the process has none. */
  name(): Promise<string>
  /** Another process writes this chain now: the next `name()` leases another one. */
  lose(chain: string): void
  /** For a timer. @returns false: there is no more to do now */
  renew(): Promise<boolean>
  /** Frees the name at once for another process, which continues these chains. */
  release(): Promise<void>
}

/**
 * A name that this process leases when it first needs one. There are as many names as processes ever ran at the same time,
 * not as many as were ever started. The lease keeps two processes out of each other's way. That they never both write to a
 * chain is ensured by each write, which moves the chain's end only from where its writer knows it (`chain-store.ts`).
 */
export function createWriterSlot(db: Database): WriterSlot {
  const holder = randomUUID()
  let taken: string | undefined
  let taking: Promise<string> | undefined

  async function take(): Promise<string> {
    try {
      taken = await takeSlot(db, { holder, leaseMs })
      return taken
    } finally {
      taking = undefined
    }
  }
  return {
    async name() {
      if (taken !== undefined) return taken
      taking ??= take()
      return taking
    },
    lose(chain) {
      if (chain.startsWith(`${taken}/`)) taken = undefined
    },
    async renew() {
      const name = taken
      const isOurs = name === undefined || (await renewSlot(db, { holder, name, leaseMs }))
      if (!isOurs && taken === name) taken = undefined
      return false
    },
    async release() {
      const name = await (taking ?? taken)
      if (name === undefined) return
      taken = undefined
      await releaseSlot(db, { holder, name })
    },
  }
}

/** A slot with a fixed name, for tests. */
export const fixedSlot = (name: string): WriterSlot => ({
  name: async () => name,
  lose: () => {},
  renew: async () => false,
  release: async () => {},
})
