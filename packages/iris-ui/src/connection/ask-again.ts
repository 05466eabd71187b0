import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { createContext, use } from 'react'

/** Marks answers as out of date: each question that is on the page is asked once more. */
export type AskAgain = (...questions: readonly QueryKey[]) => void

/** One change is told by several streams and by the press that caused it: all of them within this time ask once. */
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
