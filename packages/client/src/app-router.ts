import type { ErrorData, ErrorReason, ProcedureContract, Procedures } from '@standin/contracts'
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
import type { z } from 'zod'

/** The shape of every error of the API: tRPC's, whose `data` always carries a `reason` of the closed list. */
export interface StandinErrorShape extends Omit<TRPCDefaultErrorShape, 'data'> {
  data: ErrorData & TRPCDefaultErrorShape['data'] & { reason: ErrorReason }
}

export interface StandinRoot {
  ctx: object
  meta: object
  errorShape: StandinErrorShape
  transformer: false
}

type Definition<Contract extends ProcedureContract, Output> = {
  meta: object
  input: z.input<Contract['input']>
  output: Output
}

type ProcedureOf<Contract extends ProcedureContract> = Contract['kind'] extends 'query'
  ? TRPCQueryProcedure<Definition<Contract, z.output<Contract['output']>>>
  : Contract['kind'] extends 'mutation'
    ? TRPCMutationProcedure<Definition<Contract, z.output<Contract['output']>>>
    : TRPCSubscriptionProcedure<Definition<Contract, AsyncIterable<{ id: string; data: z.output<Contract['output']> }>>>

// `procedures` is `as const`: without `-readonly`, no procedure would have the type that a router is built from.
type RouterRecordOf<Contracts> = {
  -readonly [Name in keyof Contracts]: Contracts[Name] extends ProcedureContract
    ? ProcedureOf<Contracts[Name]>
    : RouterRecordOf<Contracts[Name]>
}

/** The router's type, made from the contract alone: a client never imports the server. */
export type AppRouter = TRPCBuiltRouter<StandinRoot, RouterRecordOf<Procedures>>
