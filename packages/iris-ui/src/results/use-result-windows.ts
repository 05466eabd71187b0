import type { ResultRow, Run } from '@standin/client'
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { useSurroundings } from '../surroundings.ts'
import { type Asked, inputOf, WINDOW } from './input-of.ts'
import { resultInWords } from './result-in-words.ts'

const SETTLE_MS = 100

/** Loads the visible rows of a long result once scrolling pauses. */
export function useResultWindows(run: Run, asked: Asked, seen: readonly number[]) {
  const trpc = useTRPC()
  const { texts } = useSurroundings()
  const wanted = [...new Set(seen.map((index) => Math.floor(index / WINDOW)))].join(' ')
  const settled = useSettled(wanted)
  const windows = settled === '' ? [] : settled.split(' ').map(Number)
  const queries = useQueries({
    queries: windows.map((window) =>
      trpc.run.result.queryOptions(inputOf(run.id, asked, window * WINDOW), {
        staleTime: 60_000,
        placeholderData: keepPreviousData,
      }),
    ),
  })
  const rows = new Map<number, ResultRow>()
  for (const [nth, { data, isPlaceholderData }] of queries.entries()) {
    if (!data || isPlaceholderData) continue
    const said = resultInWords(data, { actionId: run.actionId, texts })
    for (const [index, row] of said.rows.entries()) rows.set((windows[nth] ?? 0) * WINDOW + index, row)
  }
  return {
    rows,
    isSettled:
      settled === wanted && queries.every(({ isPending, isPlaceholderData }) => !isPending && !isPlaceholderData),
    failed: queries.some(({ isError }) => isError),
  }
}

/** The value after it has been stable for a moment: scrolling through thousands of rows loads none of them. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
