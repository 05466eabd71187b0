import type { Installation } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { useTRPC } from './api.ts'
import { useInstallation } from './use-account.ts'

/** The longest time that an answer takes. A wrong clock of this computer must not disable the button for longer. */
const ANSWERED_WITHIN_MS = 15_000

/** Tries the access now, for example after it was fixed at Trackunit. Hidden if the server reports no tries. */
export function TryNow() {
  const tries = useInstallation().data?.tries
  return tries ? <TryNowButton tries={tries} /> : null
}

function TryNowButton({ tries }: { tries: NonNullable<Installation['tries']> }) {
  const { host, texts } = useSurroundings()
  const words = texts.connection
  const { say } = useAnnouncer()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const nowMs = useNow(1_000)
  const pressedAfter = useRef<string | null>(undefined)
  const ask = useMutation(
    trpc.installation.tryNow.mutationOptions({
      onSuccess: (after) =>
        queryClient.setQueryData(trpc.installation.get.queryKey({ accountId: host.account.id }), after),
    }),
  )

  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const own = button.current
    // The button disappears after success: the focus moves to the start of the page.
    return () => {
      if (own && own === document.activeElement) document.getElementById('main')?.focus({ preventScroll: true })
    }
  }, [])

  const { lastAt } = tries
  useEffect(() => {
    if (pressedAfter.current === undefined || pressedAfter.current === lastAt) return
    pressedAfter.current = undefined
    say(words.stillRefused) // After a success, this button would be gone, and the page would have announced it.
  }, [lastAt, say, words])

  const lateMs = tries.nextAt === null ? 0 : nowMs - Date.parse(tries.nextAt)
  const isAsked = lateMs >= 0 && lateMs < ANSWERED_WITHIN_MS
  return (
    <Button
      ref={button}
      icon="redo"
      busy={ask.isPending || isAsked}
      onClick={() => {
        pressedAfter.current = lastAt
        ask.mutate({ accountId: host.account.id })
      }}
    >
      {words.tryNow}
    </Button>
  )
}
