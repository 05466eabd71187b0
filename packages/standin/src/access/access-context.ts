import type { Context } from '../context.ts'
import { createKeySet, type KeySet } from '../trackunit/key-set.ts'
import { type Budgets, createBudgets } from './budgets.ts'
import { type CallerLimits, createCallerLimits } from './caller-limits.ts'
import { createKeyDirectory, type KeyDirectory } from './key-directory.ts'
import { nothingForwarded, type SeenForwarding } from './observe-forwarding.ts'
import { createRefusedTokens, type RefusedTokens } from './refused-tokens.ts'
import { createSeenUsers, type SeenUsers } from './seen-users.ts'

export type AccessContext = Context & { access: AccessMemory }

/** What a process keeps between two requests of callers. */
export interface AccessMemory {
  keys: KeyDirectory
  limits: CallerLimits
  budgets: Budgets
  /** The keys that sign users' tokens; undefined if `USER_TOKEN_*` is not set: then every user is refused. */
  userKeys: KeySet | undefined
  refusedTokens: RefusedTokens
  forwarding: SeenForwarding
  seenUsers: SeenUsers
}

export function createAccessMemory(ctx: Context): AccessMemory {
  const { userTokens, limits } = ctx.config
  return {
    keys: createKeyDirectory(ctx),
    limits: createCallerLimits(limits, ctx.clock),
    budgets: createBudgets(limits),
    userKeys: userTokens && createKeySet(ctx, { url: userTokens.jwksUrl, cooldownMs: userTokens.jwksCooldownMs }),
    refusedTokens: createRefusedTokens(ctx),
    forwarding: nothingForwarded(),
    seenUsers: createSeenUsers(ctx),
  }
}
