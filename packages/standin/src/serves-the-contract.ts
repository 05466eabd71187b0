import type { AppRouter } from '@standin/client'
import type {
  AnyTRPCProcedure,
  inferProcedureInput,
  inferTransformedProcedureOutput,
  inferTransformedSubscriptionOutput,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from '@trpc/server'
import type { createRouter } from './wiring/serve-http.ts'

// Only types: this file compiles only while the server serves exactly what the client, and so the contract, promises.

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

/** By noun, so that the compiler's message names the one that differs. */
type Compared<Server> = {
  [Noun in keyof Server | keyof Promised]: Noun extends keyof Server & keyof Promised
    ? Same<Surface<Server[Noun]>, Surface<Promised[Noun]>>
    : 'only on one side'
}
type Serves<Server> = Same<Compared<Server>, Record<keyof Promised, true>>

true satisfies Serves<Served>

// Proof that the comparison works: each of these servers differs from the contract in one thing.
type Replaced<Noun extends keyof Served, Procedures> = Omit<Served, Noun> & { [N in Noun]: Procedures }
type Get = Served['installation']['get']
type GetAs<Input, Output> = { meta: object; input: Input; output: Output }
type GetInput = inferProcedureInput<Get>

false satisfies Serves<Omit<Served, 'artifact'>>
false satisfies Serves<Replaced<'artifact', Record<never, never>>>
false satisfies Serves<Served & { extra: Record<never, never> }>
false satisfies Serves<Replaced<'installation', { get: Get; extra: Get }>>
false satisfies Serves<Replaced<'installation', { get: TRPCMutationProcedure<GetAs<GetInput, Output<Get>>> }>>
false satisfies Serves<
  Replaced<'installation', { get: TRPCQueryProcedure<GetAs<GetInput & { more: string }, Output<Get>>> }>
>
false satisfies Serves<
  Replaced<'installation', { get: TRPCQueryProcedure<GetAs<GetInput, Omit<Output<Get>, 'state'>>> }>
>
