/** What `defineAction` returned, as far as the client's types use it. */
export interface DeclaredAction {
  readonly id: string
  /** A zod schema; only its type is read. */
  readonly input: { _zod: { input: unknown } }
}

/**
 * The types of a server's actions: of a module that exports them (`import type * as actions from …`, then `typeof actions`; what
 * else it exports does no harm), or a list, `[typeof fleetSnapshot, typeof utilisation]`.
 */
export type DeclaredActions = readonly DeclaredAction[] | object

/**
 * For a client that does not know the server's actions: every id, and any fields as input. It is `any` so that a client that
 * does know them can be passed where one that does not is asked for.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyActions = any

/** What the action's form asks for; any fields where the action is not known. */
export type ActionInput<Action extends DeclaredAction> = unknown extends Action['input']['_zod']['input']
  ? Record<string, unknown>
  : Action['input']['_zod']['input']

/** The declared actions, one by one. */
export type EachAction<Actions extends DeclaredActions> = 0 extends 1 & Actions
  ? DeclaredAction
  : Actions extends readonly (infer Each extends DeclaredAction)[]
    ? Each
    : Extract<Actions[keyof Actions], DeclaredAction>

/** The declared action with this id. */
export type ActionWithId<Actions extends DeclaredActions, Id extends string> = WithId<EachAction<Actions>, Id>
type WithId<Action, Id extends string> = Action extends DeclaredAction
  ? Id extends Action['id']
    ? Action
    : never
  : never
