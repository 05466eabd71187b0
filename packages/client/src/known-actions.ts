import type { Action } from '@standin/contracts'
import type { CallOptions } from './call-options.ts'
import type { ClientCore } from './client-core.ts'

/** The language of the actions' messages. */
export interface ListActions extends CallOptions {
  /** A BCP 47 tag, such as `da`, for `formatMessage`; without it, `messages` is empty. */
  language?: string | undefined
}

/** The actions that the server has. */
export interface ActionsClient {
  /**
   * All of them, as this account sees them: what each needs, whether it can be started, and the JSON Schema of its input.
   * @throws StandinClientError `ACCOUNT_FORBIDDEN`
   */
  list(accountId: string, options?: ListActions): Promise<Action[]>
}

export function createActionsClient({ api, call }: ClientCore): ActionsClient {
  return {
    async list(accountId, { language, ...options } = {}) {
      const { actions } = await call(
        (how) => api.action.list.query({ accountId, ...(language !== undefined && { language }) }, how),
        options,
      )
      return actions
    },
  }
}
