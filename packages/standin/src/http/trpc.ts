import { type ErrorData, errorReasons, type ProcedureContract } from '@standin/contracts'
import { initTRPC, type TRPCProcedureBuilder, type TRPCUnsetMarker } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { z } from 'zod'
import { type GrantedAccounts, grantedAccounts, isAdministrator, mayActOn } from '../access/authorize.ts'
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

/** Finds whose a thing is that has an id of its own; undefined where there is none. */
export interface AccountLookups {
  accountOfRun: (runId: string) => Promise<string | undefined>
  accountOfSchedule: (scheduleId: string) => Promise<string | undefined>
  accountOfArtifact: (artifactId: string) => Promise<string | undefined>
}

export interface AccessPolicy {
  /** All of these make a user an administrator; undefined: nobody is one. */
  administratorScopes: readonly string[] | undefined
}

/** A contract about one account. */
type OfAccount = ProcedureContract & { account: Exclude<ProcedureContract['account'], 'caller'> }
/** A contract about all accounts that its caller was granted. */
type OfCaller = ProcedureContract & { account: 'caller' }

export type Contracted = ReturnType<typeof createContracted>

/**
 * A procedure as its contract declares it: who may call is checked before the input is looked at, the account before
 * the handler runs. A handler thus never sees a caller who may not act on `ctx.accountId`, or, of a list over all
 * accounts, what to show beyond `ctx.accounts`.
 */
export function createContracted(
  { accountOfRun, accountOfSchedule, accountOfArtifact }: AccountLookups,
  { administratorScopes }: AccessPolicy,
) {
  async function accountOf(contract: OfAccount, input: unknown, caller: Caller): Promise<string> {
    const { accountId, runId, scheduleId, artifactId } = input as Record<string, string> // The contract's schema has parsed it.
    switch (contract.account) {
      case 'input': {
        if (accountId !== undefined && mayActOn(caller, accountId)) return accountId
        throw new StandinError('ACCOUNT_FORBIDDEN')
      }
      // What belongs to another account does not exist for this caller.
      case 'run':
        return ownOrNotFound(caller, await accountOfRun(runId ?? ''), 'RUN_NOT_FOUND')
      case 'schedule':
        return ownOrNotFound(caller, await accountOfSchedule(scheduleId ?? ''), 'SCHEDULE_NOT_FOUND')
      case 'artifact':
        return ownOrNotFound(caller, await accountOfArtifact(artifactId ?? ''), 'ARTIFACT_NOT_FOUND')
    }
  }

  const onAccount = (contract: OfAccount) => async (caller: Caller, input: unknown) => {
    const accountId = await accountOf(contract, input, caller)
    const administers = isAdministrator(caller, administratorScopes)
    if (contract.administrators && caller.kind === 'user' && !administers)
      throw new StandinError('SCOPE_FORBIDDEN', { detail: 'Only administrators of the account may do this.' })
    return { accountId, administers }
  }
  const onAllAccounts = (caller: Caller) => ({ accounts: grantedAccounts(caller) })

  return {
    /** A query or mutation on `ctx.accountId`; its output is checked and stripped to the contract. `ctx.administers`: by a user who may approve. */
    call: <Input extends z.ZodType, Output extends z.ZodType>(contract: OfAccount & { input: Input; output: Output }) =>
      procedure<Input, Output, Admitted>(contract, onAccount(contract)),
    /** A subscription on `ctx.accountId`; its handler yields `tracked(id, data)`. */
    stream: <Input extends z.ZodType>(contract: OfAccount & { kind: 'subscription'; input: Input }) =>
      procedure<Input, undefined, Admitted>(contract, onAccount(contract)),
    /** A query over `ctx.accounts`; its output is checked and stripped to the contract. */
    callOnAll: <Input extends z.ZodType, Output extends z.ZodType>(
      contract: OfCaller & { input: Input; output: Output },
    ) => procedure<Input, Output, AdmittedToAll>(contract, onAllAccounts),
    /** A subscription over all accounts of the caller, whose grants it reads again by itself: they change while it is open. */
    streamOnAll: <Input extends z.ZodType>(contract: OfCaller & { kind: 'subscription'; input: Input }) =>
      procedure<Input, undefined, AdmittedToAll>(contract, onAllAccounts),
  }
}

/** What a handler is told of who was let in to what. */
interface Admitted {
  accountId: string
  administers: boolean
}
interface AdmittedToAll {
  accounts: GrantedAccounts
}
type Handled<Schema> = Schema extends z.ZodType ? z.output<Schema> : TRPCUnsetMarker
type Procedure<Input extends z.ZodType, Output extends z.ZodType | undefined, Admission> = TRPCProcedureBuilder<
  RequestContext,
  object,
  { caller: Caller } & Admission,
  z.input<Input>,
  z.output<Input>,
  Handled<Output>,
  Handled<Output>,
  false
>

/** Calls a procedure. @throws what its handler throws, and what lets nobody in */
type PlainProcedure = (ctx: RequestContext, rawInput: unknown, path: string) => Promise<unknown>
const plainProcedures = new WeakMap<object, PlainProcedure>()

/** A procedure as a mere function, without what tRPC does around it, which costs three times the checks; those are the same. */
export const plainProcedureOf = (made: object): PlainProcedure | undefined => plainProcedures.get(made)

/**
 * One step in place of the five of `use`, `input`, `use`, `output`: tRPC copies a call for each, three times what all
 * the checks cost. So it is said here, instead of by `input` and `output`, that this step parses both.
 */
function procedure<Input extends z.ZodType, Output extends z.ZodType | undefined, Admission extends object>(
  contract: ProcedureContract,
  admit: (caller: Caller, input: unknown) => Admission | Promise<Admission>,
): Procedure<Input, Output, Admission> {
  async function letIn(ctx: RequestContext, rawInput: unknown) {
    const caller = await ctx.authenticate()
    if (!contract.callers.includes(caller.kind)) throw new StandinError('ACCOUNT_FORBIDDEN')
    const input = contract.input.parse(rawInput)
    return { input, caller, ...(await admit(caller, input)) }
  }
  function checkOutput(data: unknown): unknown {
    const output = contract.output.safeParse(data)
    // Our mistake: as a ZodError it would look like the caller's.
    if (!output.success) throw new StandinError('INTERNAL', { cause: output.error })
    return output.data
  }

  const checked = t.procedure.use(async ({ ctx, getRawInput, next }) => {
    const { input, ...admitted } = await letIn(ctx, await getRawInput())
    const result = await next({ ctx: admitted, input })
    return result.ok && contract.kind !== 'subscription' ? { ...result, data: checkOutput(result.data) } : result
  })
  type Handler = Parameters<typeof checked.query>[0]
  const alsoPlain = (make: typeof checked.query | typeof checked.mutation) => (handler: Handler) => {
    const made = make(handler)
    plainProcedures.set(made, async (ctx, rawInput, path) => {
      const { input, ...admitted } = await letIn(ctx, rawInput)
      const options = { ctx: { ...ctx, ...admitted }, input, path, signal: undefined }
      return checkOutput(await handler(options as unknown as Parameters<Handler>[0]))
    })
    return made
  }
  const procedures = { ...checked, query: alsoPlain(checked.query), mutation: alsoPlain(checked.mutation) }
  return procedures as unknown as Procedure<Input, Output, Admission>
}

function ownOrNotFound(
  caller: Caller,
  accountId: string | undefined,
  reason: 'RUN_NOT_FOUND' | 'SCHEDULE_NOT_FOUND' | 'ARTIFACT_NOT_FOUND',
): string {
  if (accountId === undefined || !mayActOn(caller, accountId)) throw new StandinError(reason)
  return accountId
}
