import type { Action } from '@standin/contracts'
import { actionIdSchema } from '@standin/contracts'
import { z } from 'zod'
import type { UsualTimes } from '../runs/run-list-store.ts'
import type { AccountAllows } from './allowed-action.ts'
import type { AnyAction } from './define-action.ts'

/** What is wrong with the actions that a maker declared; stops the start. */
export class ActionError extends Error {
  override readonly name = 'ActionError'
}

interface Describing {
  /** What the account granted; undefined while that is not known. */
  accountScopes: AccountAllows | undefined
  /** Whether this caller's own rights are enough. */
  mayStart: (action: AnyAction) => boolean
  usualTimes: ReadonlyMap<string, UsualTimes>
  language?: string | undefined
}

export type ActionCatalogue = ReturnType<typeof createActionCatalogue>

/**
 * The actions of this server.
 * @throws ActionError naming the action: two with one id, a scope that `standin.config.ts` does not name, or an input
 *   that cannot be shown as a form
 */
export function createActionCatalogue(actions: readonly AnyAction[], manifestScopes: readonly string[]) {
  const byId = new Map<string, { action: AnyAction; inputSchema: Action['inputSchema'] }>()
  for (const action of actions) {
    const asked = [...action.scopes, ...(action.optionalScopes ?? [])]
    const missing = asked.filter((scope) => !manifestScopes.includes(scope))
    if (!actionIdSchema.safeParse(action.id).success)
      throw new ActionError(`Action "${action.id}": an id is lower case words with hyphens.`)
    if (byId.has(action.id)) throw new ActionError(`Action "${action.id}": two actions have this id.`)
    if (missing.length > 0)
      throw new ActionError(`Action "${action.id}": add to the scopes in standin.config.ts: ${missing.join(', ')}.`)
    byId.set(action.id, { action, inputSchema: formOf(action) })
  }

  return {
    find: (actionId: string) => byId.get(actionId)?.action,
    /** As the app shows them to somebody of an account. */
    describe: ({ accountScopes, mayStart, usualTimes, language = 'en' }: Describing): Action[] =>
      [...byId.values()].map(({ action, inputSchema }) => {
        const { id, title, description, changesData, scopes, optionalScopes = [] } = action
        const isMissing = (scope: string) => accountScopes && !accountScopes.grantedScopes.includes(scope)
        const missing = scopes.filter(isMissing)
        return {
          ...{ id, title, description, changesData, scopes: [...scopes] },
          missingScopes: missing,
          missingFromPlan: missing.filter((scope) => accountScopes?.missingFromPlan.includes(scope)),
          missingOptionalScopes: optionalScopes.filter(isMissing),
          missingPlan: (accountScopes?.isGraphqlRefused && action.plan) || null,
          mayStart: mayStart(action),
          usualSeconds: usualTimes.get(id)?.[changesData ? 'preview' : 'apply'] ?? null,
          secondsPerChange: (changesData && (usualTimes.get(id)?.perChange ?? action.secondsPerChange)) || null,
          inputSchema,
          messages: messagesIn(action, language),
        }
      }),
  }
}

/** In the language that was asked for, else in the one that it is a variant of: `da-DK` is Danish. English is in each message. */
function messagesIn({ messages = {} }: AnyAction, language: string): Action['messages'] {
  const own = (name: string) => (name !== 'en' && Object.hasOwn(messages, name) ? messages[name] : undefined)
  return { ...(own(language) ?? own(language.split(/[-_]/)[0] ?? '')) }
}

function formOf({ id, input }: AnyAction): Action['inputSchema'] {
  try {
    return z.toJSONSchema(input, { io: 'input' })
  } catch {
    throw new ActionError(`Action "${id}": its input has a field that JSON Schema cannot describe, such as a date.`)
  }
}
