/**
 * Stands in for `@trackunit/react-core-hooks`: the documented names of the hooks that this app uses.
 * Their exact results are not documented; each guess is marked, and `src/use-host.ts` alone depends on it.
 */
import { use } from 'react'
import { HostContext, type HostState } from './host-context.ts'

function useHostState(): HostState {
  const host = use(HostContext)
  if (!host) throw new Error('A Trackunit hook is used outside TrackunitProviders')
  return host
}

/** "Will retrieve an access token." A guess: the current one as `token`, renewed by the host. */
export function useToken(): { token: string | undefined } {
  return { token: useHostState().token }
}

/** A guess: these names, and that the account comes with the user. */
export function useCurrentUser() {
  const { user, account } = useHostState().context
  return {
    id: user.id,
    name: user.name,
    language: user.language,
    timeZone: user.timeZone,
    accountId: account.id,
    accountName: account.name,
  }
}

/** A guess: `METRIC` or `IMPERIAL`, as `systemOfMeasurement`. */
export function useCurrentUserSystemOfMeasurement(): { systemOfMeasurement: string } {
  return { systemOfMeasurement: useHostState().context.user.systemOfMeasurement }
}

/** A guess: the selection in Manager's filter bar, as ids by kind. */
export function useFilterBarContext(): { filterBarValues: { sites: string[] } } {
  return { filterBarValues: useHostState().context.filterBar ?? nothingChosen }
}

/** A guess: what Manager's frame blocks. Without such a hook, nothing is known. */
export function useFrameContext(): { downloads: 'blocked' | undefined } {
  return { downloads: useHostState().context.downloads }
}

/** If the page is being left, no one answers. */
const gone = () => {}
const nothingChosen = { sites: [] }

/** A guess: a function that takes a path in Manager. */
export function useNavigateInHost(): { navigateInHost: (path: string) => void } {
  const { manager } = useHostState()
  return { navigateInHost: (path) => void manager.navigateInHost(path).catch(gone) }
}

/** A guess: `addToast` with a title and an intent. */
export function useToast(): { addToast: (toast: { title: string; intent: 'success' | 'info' }) => void } {
  const { manager } = useHostState()
  return { addToast: ({ title, intent }) => void manager.toast({ title, kind: intent }).catch(gone) }
}
