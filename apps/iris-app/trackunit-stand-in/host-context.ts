import { createContext, useEffect, useState } from 'react'
import type { Manager, ManagerContext } from './manager-connection.ts'
import { renewInMs } from './renew-token.ts'

export interface HostState {
  manager: Manager
  context: ManagerContext
  token: string | undefined
}

export const HostContext = createContext<HostState | undefined>(undefined)

/** The user's token, renewed before its end; at once when a sleeping page wakes up. */
export function useHostToken(manager: Manager, firstToken: string | undefined): string | undefined {
  // An object of its own for each answer: a second refusal is a change too, after which it is asked again.
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
