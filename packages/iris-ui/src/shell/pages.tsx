import { lazy, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { OverviewPage } from '../overview/overview-page.tsx'
import { DelayedSkeleton } from '../parts/skeleton.tsx'
import { addresses } from './addresses.ts'
import { NothingHere } from './nothing-here.tsx'

/** Everything but the shell and the overview comes when it is wanted: at a hover, a focus, or when nothing else is to do. */
export const pagePreloads = {
  actions: () => import('../actions/action-pages.tsx'),
  runs: () => import('../run-page/run-pages.tsx'),
  schedules: () => import('../schedules/schedule-pages.tsx'),
  activity: () => import('../activity/activity-page.tsx'),
}

const CataloguePage = lazy(() => pagePreloads.actions().then(({ CataloguePage: page }) => ({ default: page })))
const ActionPage = lazy(() => pagePreloads.actions().then(({ ActionPage: page }) => ({ default: page })))
const PreviewPage = lazy(() => pagePreloads.runs().then(({ PreviewPage: page }) => ({ default: page })))
const RunsPage = lazy(() => pagePreloads.runs().then(({ RunsPage: page }) => ({ default: page })))
const RunPage = lazy(() => pagePreloads.runs().then(({ RunPage: page }) => ({ default: page })))
const SchedulesPage = lazy(() => pagePreloads.schedules().then(({ SchedulesPage: page }) => ({ default: page })))
const NewSchedulePage = lazy(() => pagePreloads.schedules().then(({ NewSchedulePage: page }) => ({ default: page })))
const SchedulePage = lazy(() => pagePreloads.schedules().then(({ SchedulePage: page }) => ({ default: page })))
const ActivityPage = lazy(() => pagePreloads.activity().then(({ ActivityPage: page }) => ({ default: page })))

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
        <Route path="/runs/:runId">{({ runId }) => <RunPage key={runId} runId={runId} />}</Route>
        <Route path={addresses.schedules} component={SchedulesPage} />
        <Route path={addresses.newSchedule} component={NewSchedulePage} />
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
