import { createContext, useEffect, useState } from 'react'
import type { Manager, ManagerContext } from './manager-connection.ts'
import { renewInMs } from './renew-token.ts'

export interface HostState {
  manager: Manager
  context: ManagerContext
  token: string | undefined
}

export const HostContext = createContext<HostState | undefined>(undefined)

/** The user's token, renewed before it expires; at once when a sleeping page wakes up. */
export function useHostToken(manager: Manager, firstToken: string | undefined): string | undefined {
  // A new object for each answer, so that a second refusal is a change as well and causes the next attempt.
  const [held, setHeld] = useState({ token: firstToken })

  useEffect(() => {
    const renew = () =>
      manager.getToken().then(
        (token) => setHeld({ token }),
        () => setHeld({ token: undefined }),
      )
    const timer = setTimeout(renew, renewInMs(held.token, Date.now()))
    const wake = () => {
      if (document.visibilityState === 'visible' && renewInMs(held.token, Date.now()) === 0) void renew()
    }
    document.addEventListener('visibilitychange', wake)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
    }
  }, [manager, held])

  return held.token
}
