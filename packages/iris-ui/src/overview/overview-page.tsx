import type { Action } from '@standin/client'
import { Suspense, useMemo } from 'react'
import { useInstallation } from '../connection/use-account.ts'
import { useActionList } from '../connection/use-action-list.ts'
import { firstCheckOf } from '../first-days/first-check.ts'
import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'
import { PageSkeleton, SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { useRuns } from '../runs/use-runs.ts'
import { useSchedules } from '../schedules/use-schedules.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useFirstSurroundings } from '../surroundings.ts'
import { decideOverview } from './decide-overview.ts'
import { InstallationSay } from './installation-say.tsx'
import { overviewParts } from './late-overview.ts'
import { useUndelivered } from './use-undelivered.ts'

const FirstVisit = overviewParts.part('FirstVisit')
const FirstResult = lateParts(lateFile(() => import('../first-days/first-result.tsx'))).part('FirstResult')
const OverviewRows = overviewParts.part('OverviewRows')

const none: readonly Action[] = []

/** The state of background access, what needs a person, running runs, latest results and the next schedules. */
export function OverviewPage() {
  const { texts } = useFirstSurroundings()
  const installation = useInstallation()
  const catalogue = useActionList()
  const actions = catalogue.data?.actions ?? none
  const { schedules, data: scheduled, isPending: isSchedulesPending } = useSchedules()
  const runs = useRuns()
  const undelivered = useUndelivered()
  usePageTitle(texts.shell.overview)

  const known = installation.data
  const { going, results } = runs
  const declined = scheduled?.declined
  const decided = useMemo(
    () =>
      known &&
      decideOverview({
        installation: known,
        actions,
        undelivered,
        results,
        schedules,
        going,
        declined: declined ?? [],
      }),
    [known, actions, undelivered, results, schedules, going, declined],
  )

  // Draws nothing until it is known which of the two pages to show; otherwise one would replace the other.
  const isOpen = catalogue.isPending || !(runs.known || runs.failed) || isSchedulesPending
  const shape = useSkeleton(installation.isPending || (known !== undefined && isOpen))
  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (!known || !decided) return null
  const { needs } = decided
  const begins = runs.known && scheduled ? decided.begins : 'normal'
  const first = firstCheckOf(actions)
  const [only] = results
  const rows = (
    <OverviewRows
      installation={known}
      schedules={schedules}
      runs={runs}
      undelivered={undelivered}
      isNormal={begins === 'normal'}
    />
  )

  return (
    <div className="page-overview" data-state={known.state}>
      {begins === 'normal' && (
        <InstallationSay
          installation={known}
          needs={needs.length}
          onHold={schedules.filter(({ state }) => state === 'active').length}
          hasActions={actions.length > 0}
        />
      )}
      <Suspense fallback={<PageSkeleton />}>
        {begins === 'start' && first && <FirstVisit action={first}>{needs.length > 0 && rows}</FirstVisit>}
        {begins === 'after' && first && only && <FirstResult run={only} action={first} />}
      </Suspense>
      <Suspense fallback={<SkeletonRows />}>{begins !== 'start' && rows}</Suspense>
    </div>
  )
}
