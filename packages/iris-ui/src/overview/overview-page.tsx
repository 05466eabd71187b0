import { useCallback, useMemo, useRef } from 'react'
import { isInstalled, useActions, useInstallation } from '../connection/use-account.ts'
import { useNow } from '../formats/use-now.ts'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { useRuns } from '../runs/use-runs.ts'
import { useSchedules } from '../schedules/use-schedules.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { ComingUp } from './coming-up.tsx'
import { InstallationSay } from './installation-say.tsx'
import { needsYou } from './needs-you.ts'
import { NeedsYouPanel } from './needs-you-panel.tsx'
import { Permissions } from './permissions.tsx'
import { ResultList } from './result-list.tsx'
import { RunningList } from './running-list.tsx'
import { useAnnouncements } from './use-announcements.ts'
import { useUndelivered } from './use-undelivered.ts'

/** The state of background access, what needs a person, running runs, latest results and the next schedules. */
export function OverviewPage() {
  const { texts, formats } = useSurroundings()
  const nowMs = useNow(30_000)
  const installation = useInstallation()
  const catalogue = useActions()
  const { actions, sendsEmail } = catalogue
  const { schedules } = useSchedules()
  const runs = useRuns()
  const undelivered = useUndelivered()
  const resultsHeading = useRef<HTMLHeadingElement>(null)
  const focusResults = useCallback(() => resultsHeading.current?.focus({ preventScroll: true }), [])
  usePageTitle(texts.shell.overview)
  useAnnouncements({ runs, actions })

  const known = installation.data
  const needs = useMemo(
    () =>
      known
        ? needsYou(known, { actions, sendsEmail, undelivered, results: runs.results, schedules, nowMs, texts, formats })
        : [],
    [known, actions, sendsEmail, undelivered, runs.results, schedules, nowMs, texts, formats],
  )

  const shape = useSkeleton(installation.isPending || (installation.isSuccess && catalogue.isPending))
  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (!known) return null
  const installed = isInstalled(known)
  const activeSchedules = schedules.filter(({ state }) => state === 'active').length

  return (
    <div className="page-overview" data-state={known.state}>
      <InstallationSay
        installation={known}
        needs={needs.length}
        onHold={activeSchedules}
        hasActions={actions.length > 0}
      />
      <div className="cols">
        <div className="stack">
          <NeedsYouPanel needs={needs} installation={known} activeSchedules={activeSchedules} />
          <RunningList runs={runs.going} actions={actions} onEvents={runs.follow} onFocusLost={focusResults} />
          <ResultList
            results={runs.results}
            known={runs.known}
            failed={runs.failed}
            actions={actions}
            mayStart={known.state === 'active' || known.state === 'pending'}
            going={runs.going.length > 0}
            heading={resultsHeading}
          />
        </div>
        <div className="aside">
          {installed && <ComingUp actions={actions} />}
          {installed && <Permissions installation={known} />}
        </div>
      </div>
    </div>
  )
}
