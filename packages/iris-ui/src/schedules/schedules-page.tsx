import { type Run, type Schedule, zoneName } from '@standin/client'
import { Link } from 'wouter'
import { hindranceOf } from '../actions/may-start.ts'
import { failureOf } from '../connection/failure.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import { capital } from '../formats/capital.ts'
import { useNow } from '../formats/use-now.ts'
import { filterOfInput, useFilterWords } from '../forms/use-filter-words.ts'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { SkeletonRows } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { resultWords } from '../runs/run-words.ts'
import { titleOf } from '../runs/title-of.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { isEnding } from './is-ending.ts'
import { scheduleTimes } from './schedule-times.ts'
import { failedDeliveriesOf, pausedWords, receiversWords, rhythmInZone, scheduleTitle } from './schedule-words.ts'
import { useLastRuns } from './use-last-runs.ts'
import { useSchedules } from './use-schedules.ts'

/** Runs that Standin starts automatically. */
export function SchedulesPage() {
  const { texts, formats } = useSurroundings()
  const words = texts.schedules
  const { schedules, isPending, isMissing, error } = useSchedules()
  const { actions, sendsEmail } = useActions()
  const installation = useInstallation().data
  const lastRuns = useLastRuns(schedules)
  const shape = useSkeleton(isPending)
  usePageTitle(words.heading)
  const own = schedules.every(({ timeZone }) => timeZone === formats.zone)
  const actionOf = (schedule: Schedule) => actions.find(({ id }) => id === schedule.actionId)
  const sayMachines = useFilterWords(schedules.map((schedule) => filterOfInput(schedule.input, actionOf(schedule))))
  const isReader = actions.length > 0 && !actions.some(({ changesData, mayStart }) => !changesData && mayStart)
  const mayAdd = actions.some((action) => !action.changesData && !hindranceOf(action, installation?.state))

  return (
    <>
      <div className="head">
        <div>
          <h1>{words.heading}</h1>
          <p className="lead">{own ? words.lead(zoneName(formats.zone, texts.language)) : words.leadMixed}</p>
        </div>
        <div className="acts btns">
          <Link href={addresses.receivers} className="btn quiet">
            {texts.receivers.open}
          </Link>
          {mayAdd && (
            <Link href={addresses.newSchedule} className="btn go">
              <Icon name="plus" />
              {words.add}
            </Link>
          )}
        </div>
      </div>
      {isReader && (
        <Notice tone="wait" icon="eye" heading={texts.shell.readOnly} level={2} slim>
          <p>{texts.shell.readOnlyMeans}</p>
        </Notice>
      )}
      {shape === 'skeleton' && <SkeletonRows />}
      {shape === 'content' && isMissing && (
        <p className="sub">
          {error && failureOf(error) === 'NOT_FOUND' ? texts.connection.notThere : texts.connection.partMissing}
        </p>
      )}
      {shape === 'content' && !isMissing && schedules.length === 0 && (
        <div className="first-visit">
          <p className="sub">
            <b>{words.none}</b> {mayAdd && (sendsEmail ? words.noneMeans : words.noneMeansKept)}
          </p>
        </div>
      )}
      {schedules.length > 0 && (
        <ul className="rows link sched">
          {schedules.map((schedule) => (
            <ScheduleRow
              key={schedule.id}
              schedule={schedule}
              title={scheduleTitle(schedule, actions, sayMachines)}
              actionTitle={titleOf(schedule.actionId, actions)}
              last={lastRuns.get(schedule.id)}
            />
          ))}
        </ul>
      )}
    </>
  )
}

function ScheduleRow({
  schedule,
  title,
  actionTitle,
  last,
}: {
  schedule: Schedule
  title: string
  actionTitle: string
  last: Run | undefined
}) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.schedules
  const installation = useInstallation().data?.state
  const why = pausedWords(schedule, { installation, texts })
  const active = schedule.state === 'active'
  const ends = isEnding(schedule) && words.endsSoon(formats.moment(schedule.endsAt, nowMs))
  const unreached = last ? failedDeliveriesOf(last, schedule).length : 0

  return (
    <li data-schedule={schedule.id} data-state={schedule.state}>
      <Icon
        name={!active ? 'pause' : unreached > 0 || ends ? 'warn' : 'check'}
        tone={!active ? (why ? 'bad' : 'wait') : unreached > 0 || ends ? 'warn' : 'ok'}
      />
      <div>
        <p className="t">
          <Link href={addresses.schedule(schedule.id)}>{title}</Link>
        </p>
        <p className="d num">
          {rhythmInZone(schedule, { texts, formats })}. {capital(receiversWords(schedule.deliverTo, { texts }))}.
          {unreached > 0 && ` ${words.unreached(unreached)}`}
          {ends && (
            <>
              <br />
              <b>{ends}</b>
            </>
          )}
          {!active && why && (
            <>
              <br />
              <b>{words.pausedByStandin}</b>: {why}
            </>
          )}
        </p>
      </div>
      <div className="e num">
        <span className="strong">
          {active && schedule.nextAt
            ? words.next(scheduleTimes(schedule.nextAt, { schedule, nowMs, texts, formats }))
            : active
              ? words.nextNone
              : words.paused}
        </span>
        {last && (
          <>
            <br />
            {words.last(
              resultWords(last, { title: actionTitle, userId: host.user.id, texts, formats }),
              formats.moment(last.endedAt ?? last.createdAt, nowMs),
            )}
          </>
        )}
      </div>
    </li>
  )
}
