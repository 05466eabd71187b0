import { Suspense, useCallback, useMemo, useRef } from 'react'
import { hindranceOf } from '../actions/may-start.ts'
import { isInstalled, useActions, useInstallation } from '../connection/use-account.ts'
import { beginning, firstCheckOf } from '../first-days/first-check.ts'
import { FirstVisit } from '../first-days/first-visit.tsx'
import { firstDays } from '../first-days/late-first-days.ts'
import { useNow } from '../formats/use-now.ts'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { useRuns } from '../runs/use-runs.ts'
import { useSchedules } from '../schedules/use-schedules.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useFirstSurroundings } from '../surroundings.ts'
import { InstallationSay } from './installation-say.tsx'
import { overviewParts } from './late-overview.ts'
import { needsYou } from './needs-you.ts'
import { NeedsYouPanel } from './needs-you-panel.tsx'
import { ResultList } from './result-list.tsx'
import { RunningList } from './running-list.tsx'
import { useAnnouncements } from './use-announcements.ts'
import { useUndelivered } from './use-undelivered.ts'

const FirstResult = firstDays.part('FirstResult')
const ComingUp = overviewParts.part('ComingUp')
const Permissions = overviewParts.part('Permissions')

/** The state of background access, what needs a person, running runs, latest results and the next schedules. */
export function OverviewPage() {
  const { texts, formats } = useFirstSurroundings()
  const nowMs = useNow(30_000)
  const installation = useInstallation()
  const catalogue = useActions()
  const { actions, sendsEmail } = catalogue
  const { schedules, data: scheduled, isPending: isSchedulesPending } = useSchedules()
  const runs = useRuns()
  const undelivered = useUndelivered()
  const resultsHeading = useRef<HTMLHeadingElement>(null)
  const focusResults = useCallback(() => resultsHeading.current?.focus({ preventScroll: true }), [])
  usePageTitle(texts.shell.overview)
  useAnnouncements({ runs, actions })

  const known = installation.data
  const { going, results } = runs
  const needs = useMemo(
    () =>
      known
        ? needsYou(known, { actions, sendsEmail, undelivered, results, schedules, going, nowMs, texts, formats })
        : [],
    [known, actions, sendsEmail, undelivered, results, schedules, going, nowMs, texts, formats],
  )

  const begins =
    known?.state === 'active' && runs.known && scheduled
      ? beginning({
          actions,
          results: runs.results,
          isGoing: runs.going.length > 0,
          schedules,
          declined: scheduled.declined,
        })
      : 'normal'

  // Nothing is drawn until it is known which of the two pages to draw; otherwise one would replace the other.
  const isOpen = catalogue.isPending || !(runs.known || runs.failed) || isSchedulesPending
  const shape = useSkeleton(installation.isPending || (installation.isSuccess && isOpen))
  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (!known) return null
  const installed = isInstalled(known)
  // Then it has no results, and says so itself.
  const isErased = known.state === 'uninstalled' || known.state === 'none'
  const first = firstCheckOf(actions)
  const [only] = runs.results
  const mayAdd = actions.some((action) => !action.changesData && !hindranceOf(action, known.state))
  const activeSchedules = schedules.filter(({ state }) => state === 'active').length

  return (
    <div className="page-overview" data-state={known.state}>
      {begins === 'normal' && (
        <InstallationSay
          installation={known}
          needs={needs.length}
          onHold={activeSchedules}
          hasActions={actions.length > 0}
        />
      )}
      {begins === 'start' && first && <FirstVisit action={first} />}
      <Suspense fallback={<PageSkeleton />}>
        {begins === 'after' && first && only && <FirstResult run={only} action={first} sendsEmail={sendsEmail} />}
      </Suspense>
      <div className="cols">
        <div className="stack">
          <NeedsYouPanel needs={needs} installation={known} activeSchedules={activeSchedules} />
          <RunningList runs={runs.going} actions={actions} onEvents={runs.follow} onFocusLost={focusResults} />
          {begins === 'normal' && !isErased && (
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
          <Suspense fallback={null}>
            {installed && begins === 'normal' && <ComingUp actions={actions} mayAdd={mayAdd} />}
            {installed && (begins === 'normal' || needs.length > 0) && <Permissions installation={known} />}
          </Suspense>
        </div>
      </div>
    </div>
  )
}
