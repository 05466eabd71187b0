import { useQueryClient } from '@tanstack/react-query'
import { Suspense, useEffect, useRef } from 'react'
import { useTRPC } from '../connection/api.ts'
import { ConnectionNotice } from '../connection/connection-notice.tsx'
import { failureOf } from '../connection/failure.ts'
import { useInstallation } from '../connection/use-account.ts'
import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'
import { useRuns } from '../runs/use-runs.ts'
import { useUnanswered } from '../runs/use-unanswered.ts'
import { useFirstSurroundings } from '../surroundings.ts'

const trouble = lateParts(lateFile(() => import('./trackunit-trouble.tsx')))
const TrackunitTrouble = trouble.part('TrackunitTrouble')
/** When the page is idle. */
export const bringTrouble = trouble.bring

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
  const { going } = useRuns()
  const isUnanswered = useUnanswered(going)
  if (!unavailableSince && !isUnanswered && !limitedUntil) return null
  return (
    <Suspense fallback={null}>
      <TrackunitTrouble
        unavailableSince={unavailableSince}
        isUnanswered={isUnanswered}
        limitedUntil={limitedUntil}
        waiting={going.filter(({ state }) => state === 'waiting').length}
      />
    </Suspense>
  )
}

/** Only if the user had to wait: a timely renewal is silent. */
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
