import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTRPC } from '../connection/api.ts'
import { ConnectionNotice } from '../connection/connection-notice.tsx'
import { failureOf } from '../connection/failure.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useNow } from '../formats/use-now.ts'
import { wholeMinute } from '../formats/whole-minute.ts'
import { Notice } from '../parts/notice.tsx'
import { useRuns } from '../runs/use-runs.ts'
import { useUnanswered } from '../runs/use-unanswered.ts'
import { useFirstSurroundings } from '../surroundings.ts'

/** Under the tabs of every page: no connection to us, or Trackunit does not answer. Never both. */
export function PageNotices() {
  const installation = useInstallation()
  useSignedInAgain(installation.error)
  useWhatFollowsFrom(installation.data)

  return (
    <div role="status" className="page-notices">
      {installation.error ? (
        <ConnectionNotice
          failure={failureOf(installation.error)}
          failedAtMs={installation.errorUpdatedAt}
          loadedAtMs={installation.dataUpdatedAt}
          trying={installation.isFetching}
        />
      ) : (
        installation.data && <TrackunitNotice trackunit={installation.data.trackunit} />
      )}
    </div>
  )
}

type Trackunit = NonNullable<ReturnType<typeof useInstallation>['data']>['trackunit']

function TrackunitNotice({ trackunit: { unavailableSince, limitedUntil } }: { trackunit: Trackunit }) {
  const { texts, formats } = useFirstSurroundings()
  const nowMs = useNow(10_000)
  const { going } = useRuns()
  const isUnanswered = useUnanswered(going)
  const { shell } = texts

  if (unavailableSince || isUnanswered) {
    const waiting = going.filter(({ state }) => state === 'waiting').length
    const heading = unavailableSince
      ? shell.trackunitDown(formats.moment(unavailableSince, nowMs))
      : shell.trackunitDownNow
    return (
      <Notice tone="warn" icon="cloudOff" heading={heading} level={2} slim>
        <p>{shell.trackunitDownMeans(waiting)}</p>
      </Notice>
    )
  }
  if (!limitedUntil || Date.parse(limitedUntil) <= nowMs) return null
  return (
    <Notice
      tone="wait"
      icon="clock"
      heading={shell.limited(formats.clock(wholeMinute(Date.parse(limitedUntil))))}
      level={2}
      slim
    >
      <p>{shell.limitedMeans}</p>
    </Notice>
  )
}

/** Only if the user had to wait: a renewal in time is silent. */
function useSignedInAgain(error: unknown): void {
  const { host, texts } = useFirstSurroundings()
  const wasOut = useRef(false)
  useEffect(() => {
    if (error) {
      wasOut.current ||= failureOf(error) === 'SIGNED_OUT'
      return
    }
    if (wasOut.current) host.toast({ title: texts.connection.signedInAgain, kind: 'success' })
    wasOut.current = false
  }, [error, host, texts])
}

/** Actions and schedules depend on the access: when it changes, they are loaded again. */
function useWhatFollowsFrom(known: ReturnType<typeof useInstallation>['data']): void {
  const queryClient = useQueryClient()
  const trpc = useTRPC()
  const access = known && [known.state, known.generation, ...known.grantedScopes].join(' ')
  const before = useRef(access)
  useEffect(() => {
    if (before.current && access && before.current !== access)
      for (const queryKey of [trpc.action.list.pathKey(), trpc.run.list.pathKey(), trpc.schedule.list.pathKey()])
        void queryClient.invalidateQueries({ queryKey })
    before.current = access
  }, [access, queryClient, trpc])
}
