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
  const [token, setToken] = useState(firstToken)

  useEffect(() => {
    const renew = () =>
      manager.getToken().then(setToken, () => {
        setToken(undefined)
      })
    const timer = setTimeout(renew, renewInMs(token, Date.now()))
    const wake = () => {
      if (document.visibilityState === 'visible' && renewInMs(token, Date.now()) === 0) void renew()
    }
    document.addEventListener('visibilitychange', wake)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
    }
  }, [manager, token])

  return token
}
