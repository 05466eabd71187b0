import type { Installation, InstallationEvent } from '@standin/contracts'
import type { TRPCClient } from '@trpc/client'
import { allPages } from './all-pages.ts'
import type { AppRouter } from './app-router.ts'
import { type FollowOptions, followEvents } from './follow-events.ts'
import { told } from './standin-client-error.ts'

export interface InstallationsClient {
  /** What is known of an account; one that never installed has the state `none`. */
  get(accountId: string): Promise<Installation>
  /** Of every account that the service was granted and that ever installed. */
  list(): AsyncIterable<Installation>
  /**
   * Who installed, whose scopes changed, who left: keep the last `seq` that you have dealt with, and give it as `after`
   * the next time; nothing is missed. Goes on for ever; survives cuts of the connection.
   */
  events(options?: FollowOptions): AsyncIterable<InstallationEvent>
}

export function createInstallationsClient(api: TRPCClient<AppRouter>): InstallationsClient {
  return {
    get: (accountId) => told(api.installation.get.query({ accountId })),
    list: () =>
      allPages(
        (cursor) => api.installation.list.query({ limit: 100, ...(cursor && { cursor }) }),
        ({ installations }) => installations,
      ),
    events: (options = {}) =>
      followEvents<InstallationEvent>(
        (lastEventId, handlers) => api.installation.events.subscribe({ lastEventId }, handlers),
        options,
      ),
  }
}
