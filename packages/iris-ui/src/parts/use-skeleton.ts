import { useEffect, useState } from 'react'

const BEFORE_MS = 300
const AT_LEAST_MS = 300

/** The first page has been loading since its document began, and may already show a skeleton. */
let isFirst = true

/** Nothing for 300 ms, then the skeleton for at least 300 ms: neither a flash of it nor an empty page. */
export function useSkeleton(loading: boolean): 'nothing' | 'skeleton' | 'content' {
  const [shownAtMs, setShownAtMs] = useState(() =>
    loading && isFirst && performance.now() > BEFORE_MS ? 0 : undefined,
  )

  useEffect(() => {
    if (!loading) isFirst = false
    if (loading && shownAtMs === undefined) {
      const timer = setTimeout(() => setShownAtMs(performance.now()), BEFORE_MS)
      return () => clearTimeout(timer)
    }
    if (!loading && shownAtMs !== undefined) {
      const timer = setTimeout(() => setShownAtMs(undefined), shownAtMs + AT_LEAST_MS - performance.now())
      return () => clearTimeout(timer)
    }
    return undefined
  }, [loading, shownAtMs])

  if (shownAtMs !== undefined) return 'skeleton'
  return loading ? 'nothing' : 'content'
}
