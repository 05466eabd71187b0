import { type ErrorData, errorReasons, type ProcedureContract } from '@standin/contracts'
import { initTRPC } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { z } from 'zod'
import { type GrantedAccounts, grantedAccounts, isAdministrator, mayActOn } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import type { HttpContext } from './http-context.ts'
import { checkJson } from './strict-json.ts'

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
export const trpcConfig = t._config

/** A contract about one account. */
type OfAccount = ProcedureContract & { account: Exclude<ProcedureContract['account'], 'caller'> }
/** A contract about all accounts that its caller was granted. */
type OfCaller = ProcedureContract & { account: 'caller' }

export type Contracted = ReturnType<typeof contracted>

/**
 * Procedures as their contracts declare them: who may call is checked before the input is parsed, and the account before
 * the handler runs. So a handler never meets a caller who may not act on `ctx.accountId` or, for lists over all accounts,
 * on `ctx.accounts`.
 */
export function contracted(ctx: HttpContext) {
  const onAccount = (contract: OfAccount) => async (caller: Caller, input: unknown) => {
    const accountId = await accountOf(ctx, contract, { caller, input })
    const administers = isAdministrator(caller, ctx.config.userTokens?.administratorScopes)
    if (contract.administrators && caller.kind === 'user' && !administers)
      throw new StandinError('SCOPE_FORBIDDEN', { detail: 'Only administrators of the account may do this.' })
    return { accountId, administers }
  }
  const onAllAccounts = (caller: Caller): { accounts: GrantedAccounts } => ({ accounts: grantedAccounts(caller) })

  return {
    /** A query or mutation on `ctx.accountId`; its output is checked against the contract and stripped to it. */
    call: <Input extends z.ZodType, Output extends z.ZodType>(contract: OfAccount & { input: Input; output: Output }) =>
      admitting(ctx, contract, onAccount(contract)).output(outputOf(contract.output)),
    /** A subscription on `ctx.accountId`; its handler yields `tracked(id, data)`. */
    stream: <Input extends z.ZodType>(contract: OfAccount & { kind: 'subscription'; input: Input }) =>
      admitting(ctx, contract, onAccount(contract)),
    /** A query over `ctx.accounts`; its output is checked against the contract and stripped to it. */
    callOnAll: <Input extends z.ZodType, Output extends z.ZodType>(
      contract: OfCaller & { input: Input; output: Output },
    ) => admitting(ctx, contract, onAllAccounts).output(outputOf(contract.output)),
    /** A subscription over all accounts of the caller. Grants change while it is open: the handler reads them again. */
    streamOnAll: <Input extends z.ZodType>(contract: OfCaller & { kind: 'subscription'; input: Input }) =>
      admitting(ctx, contract, onAllAccounts),
  }
}

/** Counts the call, checks the caller's kind, then the input, then what the caller may act on. */
function admitting<Input extends z.ZodType, Admission extends object>(
  { access: { budgets } }: HttpContext,
  contract: ProcedureContract & { input: Input },
  admit: (caller: Caller, input: unknown) => Admission | Promise<Admission>,
) {
  return t.procedure
    .use(async ({ ctx, path, next }) => {
      const caller = await ctx.authenticate()
      await budgets.countCalls(caller)
      if (!contract.callers.includes(caller.kind)) throw new StandinError('ACCOUNT_FORBIDDEN')
      const endTurn = await budgets.takeTurn(caller, path)
      try {
        return await next({ ctx: { caller } })
      } finally {
        endTurn()
      }
    })
    .use(async ({ getRawInput, next }) => {
      checkJson(await getRawInput())
      return next()
    })
    .input(contract.input)
    .use(async ({ ctx, input, path, signal, next }) => {
      const admission = await admit(ctx.caller, input)
      await budgets.countWork(ctx.caller, path)
      if ('accountId' in admission) await budgets.countStored(String(admission.accountId), path, input)
      if (contract.kind !== 'subscription') return next({ ctx: admission })
      const close = budgets.openStream(ctx.caller)
      signal?.addEventListener('abort', close, { once: true }) // So that a stream that is never read ends as well.
      const stream = await next({ ctx: admission })
      if (stream.ok) return { ...stream, data: closingAfter(stream.data as AsyncIterable<unknown>, close) }
      close()
      return stream
    })
}

async function* closingAfter<Event>(stream: AsyncIterable<Event>, close: () => void): AsyncGenerator<Event> {
  try {
    yield* stream
  } finally {
    close()
  }
}

/** A wrong answer is the server's mistake: reported as a ZodError it would look like the caller's. */
const outputOf =
  <Output extends z.ZodType>(schema: Output) =>
  (data: unknown): z.output<Output> => {
    const output = schema.safeParse(data)
    if (!output.success) throw new StandinError('INTERNAL', { cause: output.error })
    return output.data
  }

/** @throws StandinError where the caller may not act on the account, or the thing does not exist for this caller */
async function accountOf(
  { http }: HttpContext,
  contract: OfAccount,
  { caller, input }: { caller: Caller; input: unknown },
): Promise<string> {
  const { accountId, runId, scheduleId, artifactId } = input as Record<string, string> // Parsed by the contract's schema.
  const within = caller.kind === 'user' ? caller.accountId : undefined // So that the statement reads one shard.
  switch (contract.account) {
    case 'input': {
      if (accountId !== undefined && mayActOn(caller, accountId)) return accountId
      throw new StandinError('ACCOUNT_FORBIDDEN')
    }
    case 'run':
      return ownOrNotFound(caller, await http.accountOfRun(runId ?? '', within), 'RUN_NOT_FOUND')
    case 'schedule':
      return ownOrNotFound(caller, await http.accountOfSchedule(scheduleId ?? '', within), 'SCHEDULE_NOT_FOUND')
    case 'artifact':
      return ownOrNotFound(caller, await http.accountOfArtifact(artifactId ?? '', within), 'ARTIFACT_NOT_FOUND')
  }
}

function ownOrNotFound(
  caller: Caller,
  accountId: string | undefined,
  reason: 'RUN_NOT_FOUND' | 'SCHEDULE_NOT_FOUND' | 'ARTIFACT_NOT_FOUND',
): string {
  if (accountId === undefined || !mayActOn(caller, accountId)) throw new StandinError(reason)
  return accountId
}

interface FailedCall {
  error: Error
  path: string | undefined
  log: Pick<Logger, 'error'>
}

/** Counts a refusal, and logs what is the server's fault. */
export function noteFailure(ctx: Pick<Context, 'metrics'>, { error, path, log }: FailedCall): void {
  const { status, reason } = toRefusal(error)
  ctx.metrics.countRefusal({ route: '/trpc', reason })
  if (status >= 500 && reason !== 'STORAGE_UNAVAILABLE') log.error({ err: error, reason, path }, 'procedure failed')
}
