import { countAccountsByState, countWaitingForDecision } from '../accounts/account-list-store.ts'
import { oldestDueProofS } from '../accounts/due-credential-store.ts'
import { countHeld } from '../callbacks/held/held-callback-store.ts'
import { listReplicas } from '../database/replica-store.ts'
import { oldestDueDeliveryS } from '../deliveries/delivery-store.ts'
import { countOpenRunsByState } from '../runs/run-list-store.ts'
import { liveKeyReaders } from '../secrets/key-reader-store.ts'
import { createKeySetStore } from '../trackunit/key-set-store.ts'
import { signInDownForS } from '../trackunit/sign-in-outage-store.ts'
import type { ConsoleContext } from './console-context.ts'
import type { Now, StoredNow } from './now.ts'

/** Reads the state of this server and of Standin as a whole. While the database is down, the latter is as it was last read. */
export async function readNow(ctx: ConsoleContext): Promise<Now> {
  const { watch, config, listener } = ctx
  const isDown = await watch.suspect()
  if (!isDown)
    ctx.console.stored = await watch.whileUp(readStored(ctx)).catch(async (error: unknown) => {
      if (await watch.suspect(error)) return ctx.console.stored
      throw error
    })
  const kidsOf = (ring: ReadonlyArray<{ kid: string }>) => ring.map(({ kid }) => kid)
  return {
    database: {
      trouble: watch.trouble(),
      downForMs: watch.downForMs(),
      bridgesMs: config.parts.includes('api') ? config.outageServeMs : 0,
    },
    clockAheadMs: watch.clockOffByMs(),
    keysMissing: ctx.console.keysMissing,
    spoolBytes: await ctx.tokens.spool.bytes().catch(() => undefined),
    replicaId: listener.replica.id(),
    parts: config.parts,
    keys: { encryption: kidsOf(config.keys.encryption), audit: kidsOf(config.keys.audit) },
    stored: ctx.console.stored,
  }
}

async function readStored(ctx: ConsoleContext): Promise<StoredNow> {
  const { db, clock, config } = ctx
  const [keySet, ...counts] = await Promise.all([
    createKeySetStore(ctx).load(config.callback.jwksUrl),
    signInDownForS(db),
    listReplicas(db),
    liveKeyReaders(db),
    countAccountsByState(db),
    countWaitingForDecision(db),
    countHeld(db),
    oldestDueProofS(db),
    oldestDueDeliveryS(db),
    countOpenRunsByState(db),
  ])
  const [signIn, replicas, keyReaders, accounts, waiting, heldCallbacks, dueProofS, dueDeliveryS, openRuns] = counts
  return {
    at: clock.now(),
    signInDownForS: signIn,
    keysFetchedAt: keySet?.fetchedAt,
    replicas,
    keyReaders,
    accounts,
    waiting,
    heldCallbacks,
    openRuns,
    oldestDueProofS: dueProofS,
    oldestDueDeliveryS: dueDeliveryS,
  }
}
