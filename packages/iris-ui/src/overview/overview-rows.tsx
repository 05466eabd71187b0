import type { Installation, Schedule, Undelivered } from '@standin/client'
import { useCallback, useMemo, useRef } from 'react'
import { hindranceOf } from '../actions/may-start.ts'
import { isInstalled } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import type { useRuns } from '../runs/use-runs.ts'
import { ComingUp } from './coming-up.tsx'
import { needsYou } from './needs-you.ts'
import { NeedsYouPanel } from './needs-you-panel.tsx'
import { Permissions } from './permissions.tsx'
import { ResultList } from './result-list.tsx'
import { RunningList } from './running-list.tsx'
import { useAnnouncements } from './use-announcements.ts'

interface OverviewRowsProps {
  installation: Installation
  schedules: readonly Schedule[]
  runs: ReturnType<typeof useRuns>
  undelivered: readonly Undelivered[]
  /** Not in the first days of an account, which have pages of their own. */
  isNormal: boolean
}

/** Below the sentence: what needs a person, running runs, the latest results and the next schedules. */
export function OverviewRows({ installation, schedules, runs, undelivered, isNormal }: OverviewRowsProps) {
  const { actions, sendsEmail } = useActions()
  const { results } = runs
  const needs = useMemo(
    () => needsYou(installation, { actions, undelivered, results, schedules }),
    [installation, actions, undelivered, results, schedules],
  )
  const resultsHeading = useRef<HTMLHeadingElement>(null)
  const focusResults = useCallback(() => resultsHeading.current?.focus({ preventScroll: true }), [])
  useAnnouncements({ runs, actions })

  const installed = isInstalled(installation)
  // Then it has no results, and says so itself.
  const isErased = installation.state === 'uninstalled' || installation.state === 'none'
  const mayAdd = actions.some((action) => !action.changesData && !hindranceOf(action, installation.state))
  const activeSchedules = schedules.filter(({ state }) => state === 'active').length

  return (
    <div className="cols">
      <div className="stack">
        <NeedsYouPanel
          needs={needs}
          installation={installation}
          actions={actions}
          sendsEmail={sendsEmail}
          activeSchedules={activeSchedules}
          going={runs.going}
        />
        <RunningList runs={runs.going} actions={actions} onEvents={runs.follow} onFocusLost={focusResults} />
        {isNormal && !isErased && (
          <ResultList
            results={runs.results}
            known={runs.known}
            failed={runs.failed}
            actions={actions}
            going={runs.going.length > 0}
            heading={resultsHeading}
          />
        )}
      </div>
      <div className="aside">
        {installed && isNormal && <ComingUp actions={actions} mayAdd={mayAdd} />}
        {installed && (isNormal || needs.length > 0) && <Permissions installation={installation} />}
      </div>
    </div>
  )
}
