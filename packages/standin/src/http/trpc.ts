import { type ErrorData, errorReasons, type ProcedureContract } from '@standin/contracts'
import { initTRPC } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { z } from 'zod'
import { type GrantedAccounts, grantedAccounts, isAdministrator, mayActOn } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { callerOn } from '../access/caller-on.ts'
import type { Context } from '../context.ts'
import type { Logger } from '../observability/logger.ts'
import { toRefusal } from '../refusal.ts'
import { StandinError } from '../standin-error.ts'
import { closingAfter } from './closing-after.ts'
import type { HttpContext } from './http-context.ts'
import { checkJson } from './strict-json.ts'

/** What procedures get to know of a request. */
export interface RequestContext {
  requestId: string
  /** Looks at the Authorization header. @throws StandinError `UNAUTHENTICATED` */
  authenticate: () => Promise<Caller>
}

const t = initTRPC.context<RequestContext>().create({
  isDev: false, // Otherwise errors carry a stack.
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
/** A contract about all accounts that the caller was granted. */
type OfCaller = ProcedureContract & { account: 'caller' }

export type Contracted = ReturnType<typeof contracted>

/**
 * Procedures as their contracts declare them: the kind of caller is checked before the input is parsed, and the account before
 * the handler runs. So the caller of a handler may always act on `ctx.accountId` or, for lists over all accounts, on
 * `ctx.accounts`.
 */
export function contracted(ctx: HttpContext) {
  const onAccount = (contract: OfAccount) => async (known: Caller, input: unknown) => {
    const { accountId, caller } = await admittedOn(ctx, contract, { caller: known, input })
    const administers = isAdministrator(caller, ctx.config.userTokens?.administratorScopes)
    if (contract.administrators && caller.kind === 'user' && !administers)
      throw new StandinError('SCOPE_FORBIDDEN', { detail: 'Only administrators of the account may do this.' })
    return { accountId, administers, caller }
  }
  const onAllAccounts = (caller: Caller): { accounts: GrantedAccounts } => ({ accounts: grantedAccounts(caller) })

  return {
    /** A query or mutation on `ctx.accountId`. Its output is validated, and fields outside the contract are dropped. */
    call: <Input extends z.ZodType, Output extends z.ZodType>(contract: OfAccount & { input: Input; output: Output }) =>
      admitting(ctx, contract, onAccount(contract)).output(outputOf(contract.output)),
    /** A subscription on `ctx.accountId`; its handler yields `tracked(id, data)`. */
    stream: <Input extends z.ZodType>(contract: OfAccount & { kind: 'subscription'; input: Input }) =>
      admitting(ctx, contract, onAccount(contract)),
    /** A query over `ctx.accounts`. Its output is validated, and fields outside the contract are dropped. */
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
    .use(async ({ ctx, input, path, next }) => {
      const admission = await admit(ctx.caller, input)
      await budgets.countWork(ctx.caller, path)
      if ('accountId' in admission)
        await budgets.countStored(ctx.caller, { accountId: String(admission.accountId), path, input })
      if (contract.kind !== 'subscription') return next({ ctx: admission })
      const close = budgets.openStream(ctx.caller)
      const stream = await next({ ctx: admission })
      if (stream.ok) return { ...stream, data: closingAfter(stream.data as AsyncIterable<unknown>, close) }
      close()
      return stream
    })
}

/** A wrong answer is the server's mistake. As a ZodError it would look like the caller's. */
const outputOf =
  <Output extends z.ZodType>(schema: Output) =>
  (data: unknown): z.output<Output> => {
    const output = schema.safeParse(data)
    if (!output.success) throw new StandinError('INTERNAL', { cause: output.error })
    return output.data
  }

const notFound = { run: 'RUN_NOT_FOUND', schedule: 'SCHEDULE_NOT_FOUND', artifact: 'ARTIFACT_NOT_FOUND' } as const

/**
 * The account that a call is about, and the caller with what they may do there.
 * @throws StandinError if the caller may not act on the account, or the run, schedule or file does not exist for this caller
 */
async function admittedOn(
  ctx: HttpContext,
  { account }: OfAccount,
  call: { caller: Caller; input: unknown },
): Promise<{ accountId: string; caller: Caller }> {
  const accountId = await accountNamed(ctx, account, call)
  const caller = accountId === undefined ? undefined : await callerOn(ctx, call.caller, accountId)
  if (accountId !== undefined && caller && mayActOn(caller, accountId)) return { accountId, caller }
  throw new StandinError(account === 'input' ? 'ACCOUNT_FORBIDDEN' : notFound[account])
}

async function accountNamed(
  { http }: HttpContext,
  account: OfAccount['account'],
  { caller, input }: { caller: Caller; input: unknown },
): Promise<string | undefined> {
  const { accountId, runId, scheduleId, artifactId } = input as Record<string, string> // Parsed by the contract's schema.
  const within = caller.kind === 'user' ? caller.accountId : undefined // So that the statement reads one shard.
  switch (account) {
    case 'input':
      return accountId
    case 'run':
      return http.accountOfRun(runId ?? '', within)
    case 'schedule':
      return http.accountOfSchedule(scheduleId ?? '', within)
    case 'artifact':
      return http.accountOfArtifact(artifactId ?? '', within)
  }
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
