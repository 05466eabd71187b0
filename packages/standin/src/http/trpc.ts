import { type ErrorData, errorReasons, type ProcedureContract } from '@standin/contracts'
import { initTRPC } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { z } from 'zod'
import { mayActOn } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'

/** What a request brings along. */
export interface RequestContext {
  requestId: string
  /** Looks at the Authorization header. @throws StandinError `UNAUTHENTICATED` */
  authenticate: () => Promise<Caller>
}

const t = initTRPC.context<RequestContext>().create({
  isDev: false, // Else errors carry a stack.
  errorFormatter({ shape, error, ctx, path }) {
    const { reason, status, message, retryAfterMs, issues } = toRefusal(error)
    const { trpc: code } = errorReasons[reason]
    const data: ErrorData = {
      code,
      httpStatus: status,
      reason,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(ctx && { requestId: ctx.requestId }),
      ...(path !== undefined && { path }),
      ...(issues && { issues }),
    }
    return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data: { ...shape.data, ...data, code } }
  },
  sse: {
    ping: { enabled: true, intervalMs: 15_000 },
    client: { reconnectAfterInactivityMs: 40_000 },
  },
})

export const router = t.router

/** Finds whose a run or an artifact is; undefined where there is none. */
export interface AccountLookups {
  accountOfRun: (runId: string) => Promise<string | undefined>
  accountOfArtifact: (artifactId: string) => Promise<string | undefined>
}

export type Contracted = ReturnType<typeof createContracted>

/**
 * A procedure as its contract declares it: who may call is checked before the input is looked at, the account before
 * the handler runs. A handler thus never sees a caller who may not act on `ctx.accountId`.
 */
export function createContracted({ accountOfRun, accountOfArtifact }: AccountLookups) {
  async function accountOf(contract: ProcedureContract, input: unknown, caller: Caller): Promise<string> {
    const { accountId, runId, artifactId } = input as Record<string, string> // The contract's schema has parsed it.
    switch (contract.account) {
      case 'input': {
        if (accountId !== undefined && mayActOn(caller, accountId)) return accountId
        throw new StandinError('ACCOUNT_FORBIDDEN')
      }
      // What belongs to another account does not exist for this caller.
      case 'run':
        return ownOrNotFound(caller, await accountOfRun(runId ?? ''), 'RUN_NOT_FOUND')
      case 'artifact':
        return ownOrNotFound(caller, await accountOfArtifact(artifactId ?? ''), 'ARTIFACT_NOT_FOUND')
    }
  }

  function authenticated(contract: ProcedureContract) {
    return t.procedure.use(async ({ ctx, next }) => {
      const caller = await ctx.authenticate()
      if (!contract.callers.includes(caller.kind)) throw new StandinError('ACCOUNT_FORBIDDEN')
      return next({ ctx: { caller } })
    })
  }

  return {
    /** A query or mutation; its output is checked and stripped to the contract. */
    call<Input extends z.ZodType, Output extends z.ZodType>(
      contract: ProcedureContract & { input: Input; output: Output },
    ) {
      return authenticated(contract)
        .input(contract.input)
        .use(async ({ ctx, input, next }) => next({ ctx: { accountId: await accountOf(contract, input, ctx.caller) } }))
        .output(checkedBy(contract.output))
    },
    /** A subscription; its handler yields `tracked(id, data)`. */
    stream<Input extends z.ZodType>(contract: ProcedureContract & { kind: 'subscription'; input: Input }) {
      return authenticated(contract)
        .input(contract.input)
        .use(async ({ ctx, input, next }) => next({ ctx: { accountId: await accountOf(contract, input, ctx.caller) } }))
    },
  }
}

/** What does not fit its contract is our mistake: as a ZodError it would look like the caller's. */
function checkedBy<Output extends z.ZodType>(output: Output) {
  return (value: unknown): z.output<Output> => {
    const checked = output.safeParse(value)
    if (!checked.success) throw new StandinError('INTERNAL', { cause: checked.error })
    return checked.data
  }
}

function ownOrNotFound(
  caller: Caller,
  accountId: string | undefined,
  reason: 'RUN_NOT_FOUND' | 'ARTIFACT_NOT_FOUND',
): string {
  if (accountId === undefined || !mayActOn(caller, accountId)) throw new StandinError(reason)
  return accountId
}
