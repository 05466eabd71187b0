import { type Action, actionIdSchema, documentedScopes } from '@standin/contracts'
import { z } from 'zod'
import type { UsualTimes } from '../runs/run-list-store.ts'
import type { AccountScopes } from '../tokens/account-scopes.ts'
import type { AnyAction } from './define-action.ts'
import { mistakeInState } from './keep-state.ts'
import { spokenBy } from './say-in-language.ts'

/** A mistake in the actions that a maker declared; stops the start. */
export class ActionError extends Error {
  override readonly name = 'ActionError'
}

/** What actions may do on an account. */
export interface AccountAllows extends AccountScopes {
  /** Trackunit refused GraphQL within a day. */
  isGraphqlRefused?: boolean
}

interface Describing {
  /** What the account granted; undefined while that is unknown. */
  accountScopes: AccountAllows | undefined
  /** Whether this caller's own rights are enough. */
  mayStart: (action: AnyAction) => boolean
  usualTimes: ReadonlyMap<string, UsualTimes>
  language?: string | undefined
}

/** The actions of this server. */
export interface ActionCatalogue {
  find(actionId: string): AnyAction | undefined
  list(): readonly AnyAction[]
  /** The actions as the app shows them to a person on an account. */
  describe(describing: Describing): Action[]
}

/**
 * @throws ActionError naming the action: a repeated id, a scope that `standin.config.ts` does not list, an input that cannot
 *   be shown as a form, or a state without defaults or that is not JSON
 */
export function createActionCatalogue(
  actions: readonly AnyAction[],
  manifestScopes: readonly string[],
): ActionCatalogue {
  const byId = new Map<string, { action: AnyAction; inputSchema: Action['inputSchema'] }>()
  for (const action of actions) {
    const mistake = mistakeIn(action, { manifestScopes, other: byId.get(action.id)?.action })
    if (mistake !== undefined) throw new ActionError(`Action "${action.id}": ${mistake}`)
    byId.set(action.id, { action, inputSchema: formOf(action) })
  }
  return {
    find: (actionId) => byId.get(actionId)?.action,
    list: () => actions,
    describe: (describing) =>
      [...byId.values()].map(({ action, inputSchema }) => ({ ...describeAction(action, describing), inputSchema })),
  }
}

function mistakeIn(
  action: AnyAction,
  { manifestScopes, other }: { manifestScopes: readonly string[]; other: AnyAction | undefined },
): string | undefined {
  const { id, title, input, scopes, optionalScopes = [] } = action
  if (!actionIdSchema.safeParse(id).success) return 'its id must be lower-case words with hyphens.'
  if (other) return `two actions have this id, "${other.title}" and "${title}". Give one of them an id of its own.`
  if (title.trim() === '') return 'it needs a title.'
  if (!(input instanceof z.ZodObject))
    return 'its input must be a z.object({ … }) of zod 4, from which the form is made. Which zod there is: npm ls zod'
  const missing = [...scopes, ...optionalScopes].filter((scope) => !manifestScopes.includes(scope))
  if (missing.length > 0) return missingScopesText(missing)
  if (action.readingPosts?.some((path) => /graphql/i.test(path)))
    return 'readingPosts may not name GraphQL, whose mutations change data. Send a document with trackunit.graphql.'
  return mistakeInState(action)
}

function missingScopesText(missing: readonly string[]): string {
  const unknown = missing.filter((scope) => !Object.hasOwn(documentedScopes, scope))
  const hint = unknown.length > 0 ? ` Check the spelling: Trackunit documents no scope ${unknown.join(', ')}.` : ''
  return `add to the scopes in standin.config.ts: ${missing.join(', ')}.${hint}`
}

function describeAction(
  action: AnyAction,
  { accountScopes, mayStart, usualTimes, language = 'en' }: Describing,
): Omit<Action, 'inputSchema'> {
  const {
    id,
    title,
    description,
    changesData,
    scopes,
    optionalScopes = [],
    plan,
    secondsPerChange,
    reads = [],
  } = action
  const isMissing = (scope: string) => accountScopes && !accountScopes.grantedScopes.includes(scope)
  const missingScopes = scopes.filter(isMissing)
  const usual = usualTimes.get(id)
  return {
    id,
    title,
    description,
    changesData,
    scopes: [...scopes],
    missingScopes,
    missingFromPlan: missingScopes.filter((scope) => accountScopes?.missingFromPlan.includes(scope)),
    missingOptionalScopes: optionalScopes.filter(isMissing),
    missingPlan: (accountScopes?.isGraphqlRefused && plan) || null,
    mayOverlap: action.mayOverlap ?? false,
    mayStart: mayStart(action),
    usualSeconds: usual?.[changesData ? 'preview' : 'apply'] ?? null,
    secondsPerChange: (changesData && (usual?.perChange ?? secondsPerChange)) || null,
    reads: reads.filter(({ scope }) => !scope || !isMissing(scope)).map(({ scope: _, ...read }) => read),
    messages: messagesIn(action, language),
  }
}

/** Empty for English, which every message has. */
function messagesIn(action: AnyAction, language: string): Action['messages'] {
  return { ...action.messages?.[spokenBy(action, language) ?? ''] }
}

function formOf({ id, input }: AnyAction): Action['inputSchema'] {
  try {
    return z.toJSONSchema(input, { io: 'input' })
  } catch {
    throw new ActionError(`Action "${id}": its input has a field that JSON Schema cannot describe, such as a date.`)
  }
}
