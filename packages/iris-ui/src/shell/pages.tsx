import { usePrefetchQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { OverviewPage } from '../overview/overview-page.tsx'
import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'
import { DelayedSkeleton } from '../parts/skeleton.tsx'
import { inputOf } from '../results/input-of.ts'
import { runPages } from '../run-page/late-run-pages.ts'
import { addresses } from './addresses.ts'
import { NothingHere } from './nothing-here.tsx'

const actions = lateParts(
  lateFile(() => import('../actions/action-pages.tsx')),
  { level: 1 },
)
const schedules = lateParts(
  lateFile(() => import('../schedules/schedule-pages.tsx')),
  { level: 1 },
)
const activity = lateParts(
  lateFile(() => import('../activity/activity-page.tsx')),
  { level: 1 },
)

/** Everything but the shell and the overview is loaded on hover, on focus, or when the browser is idle. */
export const pagePreloads = {
  actions: actions.bring,
  runs: runPages.bring,
  schedules: schedules.bring,
  activity: activity.bring,
}

const CataloguePage = actions.part('CataloguePage')
const ActionPage = actions.part('ActionPage')
const PreviewPage = runPages.part('PreviewPage')
const RunsPage = runPages.part('RunsPage')
const RunPage = runPages.part('RunPage')
const SchedulesPage = schedules.part('SchedulesPage')
const NewSchedulePage = schedules.part('NewSchedulePage')
const SchedulePage = schedules.part('SchedulePage')
const ReceiversPage = schedules.part('ReceiversPage')
const ActivityPage = activity.part('ActivityPage')

export function Pages() {
  return (
    <Suspense fallback={<DelayedSkeleton />}>
      <Switch>
        <Route path={addresses.overview} component={OverviewPage} />
        <Route path={addresses.actions} component={CataloguePage} />
        <Route path="/actions/:actionId">{({ actionId }) => <ActionPage key={actionId} actionId={actionId} />}</Route>
        <Route path="/actions/:actionId/preview/:runId">
          {({ actionId, runId }) => <PreviewPage key={runId} actionId={actionId} runId={runId} />}
        </Route>
        <Route path={addresses.runs} component={RunsPage} />
        <Route path="/runs/:runId">{({ runId }) => <AskedRunPage key={runId} runId={runId} />}</Route>
        <Route path={addresses.schedules} component={SchedulesPage} />
        <Route path={addresses.newSchedule} component={NewSchedulePage} />
        <Route path={addresses.receivers} component={ReceiversPage} />
        <Route path="/schedules/:scheduleId">
          {({ scheduleId }) => <SchedulePage key={scheduleId} scheduleId={scheduleId} />}
        </Route>
        <Route path={addresses.activity} component={ActivityPage} />
        <Route>
          <NothingHere />
        </Route>
      </Switch>
    </Suspense>
  )
}

/** Asks for the run and its first rows while the page is still loading. */
function AskedRunPage({ runId }: { runId: string }) {
  const trpc = useTRPC()
  usePrefetchQuery(trpc.run.get.queryOptions({ runId }))
  usePrefetchQuery(trpc.run.result.queryOptions(inputOf(runId, {})))
  return <RunPage runId={runId} />
}
