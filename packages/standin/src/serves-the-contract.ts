import type { AppRouter } from '@standin/client'
import type {
  AnyTRPCProcedure,
  inferProcedureInput,
  inferTransformedProcedureOutput,
  inferTransformedSubscriptionOutput,
} from '@trpc/server'
import type { createRouter } from './http/router.ts'

/** Types alone: this file compiles only while the server serves exactly what the client, and so the contract, promises. */
type Served = ReturnType<typeof createRouter>['_def']['record']
type Promised = AppRouter['_def']['record']

type Kind<P extends AnyTRPCProcedure> = P['_def']['type']
type Output<P extends AnyTRPCProcedure> = P extends { _def: { type: 'subscription' } }
  ? inferTransformedSubscriptionOutput<{ transformer: false; errorShape: never }, P>
  : inferTransformedProcedureOutput<{ transformer: false; errorShape: never }, P>

/** Kind, input and output of each procedure, by noun and name. */
type Surface<Record> = {
  [Name in keyof Record]: Record[Name] extends AnyTRPCProcedure
    ? { kind: Kind<Record[Name]>; input: inferProcedureInput<Record[Name]>; output: Output<Record[Name]> }
    : Surface<Record[Name]>
}

/** True only for types that are the same, not for those that can be assigned to each other. */
type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

export type ServesTheContract = {
  [Noun in keyof Served | keyof Promised]: Noun extends keyof Served & keyof Promised
    ? Same<Surface<Served[Noun]>, Surface<Promised[Noun]>>
    : 'only on one side'
}

type EveryNounServed = Record<keyof Promised, true>
true satisfies Same<ServesTheContract, EveryNounServed>
