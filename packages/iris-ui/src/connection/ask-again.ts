import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { createContext, use } from 'react'

/** Marks answers as out of date: each query on the page is sent once more. */
export type AskAgain = (...questions: readonly QueryKey[]) => void

/** One change is reported by several streams and by the click that caused it: within this time, they cause one request. */
const GATHER_MS = 250

export function createAskAgain(queryClient: Pick<QueryClient, 'invalidateQueries'>): AskAgain {
  const outdated = new Map<string, QueryKey>()
  return (...questions) => {
    if (outdated.size === 0) {
      setTimeout(() => {
        const told = [...outdated.values()]
        outdated.clear()
        for (const queryKey of told) void queryClient.invalidateQueries({ queryKey })
      }, GATHER_MS)
    }
    for (const queryKey of questions) outdated.set(JSON.stringify(queryKey), queryKey)
  }
}

export const AskAgainContext = createContext<AskAgain>(() => {})

export const useAskAgain = () => use(AskAgainContext)
