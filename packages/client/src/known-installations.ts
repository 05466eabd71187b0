import type { Installation, InstallationEvent } from '@standin/contracts'
import { allPages } from './all-pages.ts'
import type { CallOptions } from './call-options.ts'
import type { ClientCore } from './client-core.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'

/** Who installed the app, and who left. */
export interface InstallationsClient {
  /**
   * The installation of an account. One that never installed the app has the state `none`.
   * @throws StandinClientError `ACCOUNT_FORBIDDEN` for an account that the service was not granted
   */
  get(accountId: string, options?: CallOptions): Promise<Installation>
  /** Every account that the service was granted and that ever installed, in pages of 100 behind the scenes. */
  list(options?: CallOptions): AsyncIterable<Installation>
  /**
   * Who installed, whose scopes changed, who left. Store the last `seq` that you have handled and pass it as `after` the next
   * time, so that nothing is missed. Never ends; reconnects automatically. After `reset` (the server's database was restored)
   * read `list()` again: events that you have handled may not have happened, and others are missing.
   */
  events(options?: FollowOptions): AsyncIterable<InstallationEvent>
}

export function createInstallationsClient({ api, call, parts }: ClientCore): InstallationsClient {
  return {
    get: (accountId, options) => call((how) => api.installation.get.query({ accountId }, how), options),
    list: (options) =>
      allPages(
        (cursor) => call((how) => api.installation.list.query({ limit: 100, ...(cursor && { cursor }) }, how), options),
        ({ installations }) => installations,
      ),
    events: (options = {}) =>
      followEvents<InstallationEvent>(
        (lastEventId, handlers) =>
          api.installation.events.subscribe({ lastEventId }, { ...handlers, context: { fetch: options.fetch } }),
        options,
        parts,
      ),
  }
}
