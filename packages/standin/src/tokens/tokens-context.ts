import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { createTurns, type Turns } from '../access/turns.ts'
import type { AccountsContext } from '../accounts/accounts-context.ts'
import { findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import type { ReplicaContext } from '../context.ts'
import type { TrackunitContext } from '../trackunit/trackunit-context.ts'
import { createFlights, type Flights } from './flights.ts'
import { createInForceMemory, type InForceMemory } from './in-force-memory.ts'
import { createHandOutSpool, type HandOutSpool } from './outage/hand-out-spool.ts'
import { createTokenCache, type HeldToken, type TokenCache } from './token-cache.ts'
import { createTokenUses, type TokenUses } from './token-uses.ts'

export type TokensContext = ReplicaContext & TrackunitContext & AccountsContext & { tokens: TokenMemory }

/** Everything about tokens that a process keeps between calls. */
export interface TokenMemory {
  cache: TokenCache
  /** The credentials in force of each account. */
  inForce: InForceMemory
  /** Tokens that are being obtained. */
  flights: Flights<HeldToken | undefined>
  /** Lets each service have a few tokens obtained at a time. */
  turns: Turns
  /** Emits an account's id when an exchange for it has ended, here or on another replica. */
  news: EventEmitter
  /** Which tokens are in use. */
  uses: TokenUses
  /** Hand-outs during an outage of the database. */
  spool: HandOutSpool
  manifestScopes: readonly string[]
  lease: ExchangeLeasePolicy
}

export interface ExchangeLeasePolicy {
  /** How long a frozen holder delays the others. A dead one is noticed sooner, by its replica's lock. */
  leaseMs: number
  renewEveryMs: number
}

/**
 * How many tokens are obtained for one service at once. At the usual third of a second each, they use what Trackunit allows
 * in a second, and another service's exchange waits for no more than these.
 */
const obtainedAtOnce = 16

export function createTokenMemory(ctx: ReplicaContext): TokenMemory {
  const { config, clock } = ctx
  return {
    cache: createTokenCache(),
    inForce: createInForceMemory({ clock, find: (accountId) => findCredentialsInForce(ctx, accountId) }),
    flights: createFlights(),
    turns: createTurns(obtainedAtOnce),
    news: new EventEmitter().setMaxListeners(0), // A listener for each token that is waited for.
    uses: createTokenUses({ clock }),
    spool: createHandOutSpool(
      { dir: join(config.database.embeddedDir, 'spool'), outageServeMs: config.outageServeMs },
      clock,
    ),
    manifestScopes: config.app.scopes.map(({ scope }) => scope),
    lease: { leaseMs: 4_000, renewEveryMs: 1_000 },
  }
}
