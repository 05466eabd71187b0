import type { AccountsContext } from '../accounts/accounts-context.ts'
import type { TrackunitContext } from '../trackunit/trackunit-context.ts'
import { createGroupApplier } from './apply-group.ts'
import { createHoldLimiters, type HoldLimiters } from './held/held-limits.ts'
import { noRejections, type UnsavedRejections } from './rejected/count-rejections.ts'

/** The context of receiving and applying callbacks. */
export type CallbacksContext = AccountsContext & TrackunitContext & { callbacks: CallbacksMemory }

/** What a process keeps between two callbacks. */
export interface CallbacksMemory {
  /** Applies a callback in one transaction with those that arrive at the same time: `applyGroup`. */
  applyInGroup: ReturnType<typeof createGroupApplier>
  rejections: UnsavedRejections
  holdLimiters: HoldLimiters
  /** When the keys that unverified callbacks were last tried with were fetched, on the monotonic clock. */
  triedWithKeysOfMs: number | undefined
}

export function createCallbacksMemory(ctx: AccountsContext): CallbacksMemory {
  return {
    applyInGroup: createGroupApplier(ctx),
    rejections: noRejections(),
    holdLimiters: createHoldLimiters(),
    triedWithKeysOfMs: undefined,
  }
}
