import { useEffect, useMemo, useRef, useState } from 'react'
import type { Announcer } from './announcer.ts'

/** Long enough for a screen reader that is still speaking. */
const SAID_MS = 10_000

/** What the pages' announcer is, and what its live region holds now. */
export function useAnnouncements(): { announcer: Announcer; said: string } {
  const [{ words, times }, setSaid] = useState({ words: '', times: 0 })
  const justStarted = useRef<string>(undefined)
  const sentence = useRef<string>(undefined)
  const announcer = useMemo(
    () => ({
      say: (next: string) => setSaid((before) => ({ words: next, times: before.times + 1 })),
      justStarted,
      sentence,
    }),
    [],
  )
  useEffect(() => {
    if (!words) return undefined
    // Else who reads on to the end of the page finds what was true a while ago.
    const timer = setTimeout(() => setSaid((before) => ({ ...before, words: '' })), SAID_MS)
    return () => clearTimeout(timer)
  }, [words, times])
  // The same words twice must be announced twice.
  return { announcer, said: words && times % 2 === 1 ? `${words}\u00a0` : words }
}
