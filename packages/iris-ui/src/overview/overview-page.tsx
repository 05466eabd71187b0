import type { Action, Run } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { ConnectionNotice } from '../connection/connection-notice.tsx'
import { failureOf } from '../connection/failure.ts'
import { installationRefreshMs, RETRY_MS } from '../connection/refresh-times.ts'
import { useNow } from '../formats/use-now.ts'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { useRuns } from '../runs/use-runs.ts'
import { useSurroundings } from '../surroundings.ts'
import { ActionList } from './action-list.tsx'
import { InstallationSay } from './installation-say.tsx'
import { needsYou } from './needs-you.ts'
import { NeedsYouPanel } from './needs-you-panel.tsx'
import { Permissions } from './permissions.tsx'
import { ResultList } from './result-list.tsx'
import { RunningList } from './running-list.tsx'
import { useAnnouncements } from './use-announcements.ts'

const noActions: readonly Action[] = []

/** Whether background access works, what Standin may do, what runs and what came of it. */
export function OverviewPage() {
  const { host, texts, formats } = useSurroundings()
  const trpc = useTRPC()
  const nowMs = useNow(30_000)
  const accountId = host.account.id

  const installation = useQuery(
    trpc.installation.get.queryOptions(
      { accountId },
      { refetchInterval: ({ state }) => installationRefreshMs(state.data?.state, state.status === 'error') },
    ),
  )
  const catalogue = useQuery(
    trpc.action.list.queryOptions(
      { accountId },
      { refetchInterval: ({ state }) => (state.status === 'error' ? RETRY_MS : false) },
    ),
  )
  const runs = useRuns()
  const actions = catalogue.data?.actions ?? noActions
  const runningHeading = useRef<HTMLHeadingElement>(null)
  const resultsHeading = useRef<HTMLHeadingElement>(null)
  const focusResults = useCallback(() => resultsHeading.current?.focus({ preventScroll: true }), [])
  const [justStarted, setJustStarted] = useState<string>()
  const announcement = useAnnouncements({ runs, actions, justStarted })

  const shape = useSkeleton(installation.isPending || (installation.isSuccess && catalogue.isPending))
  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null

  const known = installation.data
  const installed = known !== undefined && known.state !== 'none' && known.state !== 'uninstalled'
  const needs = known ? needsYou(known, { nowMs, texts, formats }) : []

  function onStarted(run: Run, title: string): void {
    runs.add(run)
    setJustStarted(texts.actions.started(title))
    // The row has to be on the page before the focus can go to it.
    requestAnimationFrame(() => runningHeading.current?.focus())
  }

  return (
    <>
      <div role="status">
        {installation.error && (
          <ConnectionNotice
            failure={failureOf(installation.error)}
            failedAtMs={installation.errorUpdatedAt}
            loadedAtMs={installation.dataUpdatedAt}
            trying={installation.isFetching}
          />
        )}
      </div>
      {known && (
        <>
          <InstallationSay installation={known} needs={needs.length} nowMs={nowMs} />
          <div className="cols">
            <div className="stack">
              <NeedsYouPanel needs={needs} />
              {installed && (
                <ActionList actions={actions} state={known.state} results={runs.results} onStarted={onStarted} />
              )}
              <RunningList
                runs={runs.going}
                actions={actions}
                heading={runningHeading}
                onEvents={runs.follow}
                onChanged={runs.replace}
                onFocusLost={focusResults}
              />
              <ResultList
                results={runs.results}
                known={runs.known}
                failed={runs.failed}
                actions={actions}
                heading={resultsHeading}
              />
            </div>
            <div className="aside">{installed && <Permissions installation={known} />}</div>
          </div>
        </>
      )}
      <p className="vh" role="status">
        {announcement}
      </p>
    </>
  )
}
