import { EventEmitter } from 'node:events'
import { LRUCache } from 'lru-cache'
import type { Context, InTransaction, ReplicaContext } from '../context.ts'
import type { CredentialRow } from './account-store.ts'
import type { AwaitingWork } from './stopped-account-store.ts'

/** Ends and erases what one folder keeps about an uninstalled account, in the transaction of the uninstall. Must be quick. */
export type WhenUninstalled = (tx: InTransaction, accountId: string, uninstalledAt: Date) => Promise<void>

/** Erases some of what one folder keeps about an uninstalled account. @returns whether there may be more */
export type WhenErasing = (tx: InTransaction, accountId: string) => Promise<boolean>

export interface AccountsHooks {
  /** Called in this order. */
  whenUninstalled: readonly WhenUninstalled[]
  /** Called in this order, each until nothing is left. */
  whenErasing: readonly WhenErasing[]
  /** What may be due while its account is stopped. */
  awaitingWork: readonly AwaitingWork[]
}

/** What a process keeps about accounts between calls. */
export interface AccountsMemory extends AccountsHooks {
  /** Credentials whose proof ended while the database was lost: due again as soon as it is back. */
  unfinished: CredentialRow[]
  /** Emits what changed on an account, under its id. */
  changes: EventEmitter
  /** When this process last heard that an account's runs changed. */
  runsHeard: RunsHeard
  /** Emits `wake` when there may be new installation events. */
  events: EventEmitter
  /** Numbers new installation events: one query for all readers that wake at the same time. */
  numbering: Promise<void> | undefined
}

/** Times are of `ctx.clock.monotonicMs`. */
export interface RunsHeard {
  /** Earlier changes may have been missed or forgotten. */
  fromMs: number
  /** By account. */
  lastMs: LRUCache<string, number>
}

export interface AccountsContext extends Context {
  accounts: AccountsMemory
}

/** Proving marks the credentials it works on with the replica's id. */
export type ProvingContext = AccountsContext & Pick<ReplicaContext, 'listener'>

export function createAccountsMemory(hooks: AccountsHooks): AccountsMemory {
  const [changes, events] = [new EventEmitter(), new EventEmitter()]
  for (const emitter of [changes, events]) emitter.setMaxListeners(0) // One listener for each open stream.
  return { ...hooks, unfinished: [], changes, runsHeard: createRunsHeard(), events, numbering: undefined }
}

const accountsHeard = 10_000

function createRunsHeard(): RunsHeard {
  const heard: RunsHeard = {
    fromMs: Number.POSITIVE_INFINITY, // Until listening begins.
    lastMs: new LRUCache<string, number>({
      max: accountsHeard,
      dispose(atMs, _, why) {
        if (why === 'evict') heard.fromMs = Math.max(heard.fromMs, atMs)
      },
    }),
  }
  return heard
}
