import { type Delivery, type Schedule, type ShownDestination, zoneName } from '@standin/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { pagesOf } from '../connection/pages.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import { elapsed } from '../formats/elapsed.ts'
import { useNow } from '../formats/use-now.ts'
import { filterOfInput, useFilterWords } from '../forms/use-filter-words.ts'
import { ResultRow } from '../overview/result-row.tsx'
import { Button } from '../parts/button.tsx'
import { Crumb } from '../parts/crumb.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { titleOf } from '../runs/title-of.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { NothingHere } from '../shell/nothing-here.tsx'
import { PartMissing } from '../shell/part-missing.tsx'
import { useSurroundings } from '../surroundings.ts'
import { EndsSoon } from './ends-soon.tsx'
import { isEnding } from './is-ending.ts'
import { NextTimes } from './next-times.tsx'
import { ScheduleButtons } from './schedule-buttons.tsx'
import { ScheduleForm } from './schedule-form.tsx'
import { scheduleTimes } from './schedule-times.ts'
import { failedDeliveriesOf, isAt, nameOf, pausedWords, rhythmWords, scheduleTitle } from './schedule-words.ts'
import { useSchedules } from './use-schedules.ts'

/** One schedule: its times, why it is paused, its history and receivers; or its form. */
export function SchedulePage({ scheduleId }: { scheduleId: string }) {
  const { texts } = useSurroundings()
  const { schedules, isPending, isMissing, error, refetch } = useSchedules()
  const { actions, isPending: actionsPending } = useActions()
  const [address] = useAddressState()
  const schedule = schedules.find(({ id }) => id === scheduleId)
  // The list may be older than a schedule that someone else has just made.
  const [missing, setMissing] = useState<string>()
  const isOpen = !schedule && !isMissing && missing !== scheduleId
  useEffect(() => {
    if (isOpen && !isPending) void refetch().then(() => setMissing(scheduleId))
  }, [isOpen, isPending, refetch, scheduleId])
  const shape = useSkeleton(isOpen || actionsPending)
  const action = actions.find(({ id }) => id === schedule?.actionId)
  const sayMachines = useFilterWords([schedule && filterOfInput(schedule.input, action)])
  const title = schedule && scheduleTitle(schedule, actions, sayMachines)
  usePageTitle(title)

  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (isMissing) return <PartMissing error={error} />
  if (!schedule || !title) return <NothingHere heading={texts.schedules.unknown} means={texts.schedules.unknownMeans} />
  if (address.get('change')) {
    return (
      <>
        <Crumb to={addresses.schedule(scheduleId)}>{title}</Crumb>
        <div className="head">
          <div>
            <h1>{texts.schedules.form.changeHeading(title)}</h1>
          </div>
        </div>
        <ScheduleForm actions={actions} schedule={schedule} />
      </>
    )
  }
  return <KnownSchedule schedule={schedule} title={title} />
}

function KnownSchedule({ schedule, title }: { schedule: Schedule; title: string }) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.schedules
  const { actions } = useActions()
  const action = actions.find(({ id }) => id === schedule.actionId)
  const installation = useInstallation().data?.state
  const why = pausedWords(schedule, { installation, texts })
  const paused = schedule.state === 'paused'
  const { createdBy } = schedule
  const maker = createdBy.id === host.user.id ? words.you : (createdBy.name ?? words.somebody)
  const rhythm = words.words.inZone(
    rhythmWords(schedule.recurrence, { texts, formats }),
    zoneName(schedule.timeZone, texts.language),
  )
  const actionTitle = titleOf(schedule.actionId, actions)
  const { runs } = useHistory(schedule)
  const unreached = runs[0] ? failedDeliveriesOf(runs[0], schedule) : []
  const mayChange = action === undefined || action.mayStart

  return (
    <div data-schedule={schedule.id} data-state={schedule.state}>
      <Crumb to={addresses.schedules}>{words.heading}</Crumb>
      <div className="head">
        <div>
          <h1>{title}</h1>
          <p className="lead num">
            {rhythm}.{' '}
            {!paused &&
              schedule.nextAt &&
              `${words.next(scheduleTimes(schedule.nextAt, { schedule, nowMs, texts, formats }))}. `}
            {words.madeBy(maker, formats.moment(schedule.createdAt, nowMs))}
          </p>
        </div>
        <ScheduleButtons schedule={schedule} title={title} action={action} off={!mayChange} />
      </div>
      <div className="cols">
        <div className="stack">
          {paused && (
            <Notice
              tone={why ? 'bad' : 'wait'}
              icon="pause"
              heading={why ? texts.table.labelled(words.pausedByStandin, why) : words.isPaused}
              level={2}
              slim
            />
          )}
          {isEnding(schedule) && <EndsSoon schedule={schedule} maker={maker} mayTakeOver={mayChange} />}
          {unreached.map(({ id, to, reason, attempts }) => (
            <Notice
              key={id}
              tone="bad"
              icon="bad"
              heading={texts.needs.notDelivered(actionTitle, to)}
              level={2}
              slim
              aside={
                mayChange && (
                  <Link href={addresses.changeSchedule(schedule.id)} className="btn go">
                    {texts.needs.correct}
                  </Link>
                )
              }
            >
              <p>
                {reason === 'DELIVERY_REFUSED'
                  ? texts.needs.refusedAddressMeans
                  : reason === 'DESTINATION_UNCONFIRMED'
                    ? texts.needs.unconfirmedMeans
                    : texts.needs.notDeliveredMeans(attempts)}
              </p>
            </Notice>
          ))}
          <History schedule={schedule} title={actionTitle} />
        </div>
        <div className="aside">
          {!paused && (
            <section className="sec" aria-labelledby="h-five">
              <h2 id="h-five">{words.nextFive}</h2>
              <NextTimes recurrence={schedule.recurrence} timeZone={schedule.timeZone} />
            </section>
          )}
          <Receivers schedule={schedule} unreached={unreached} />
        </div>
      </div>
    </div>
  )
}

/** What it started and what has ended since, the newest first. */
function useHistory(schedule: Schedule) {
  const { host } = useSurroundings()
  const trpc = useTRPC()
  const input = { accountId: host.account.id, scheduleId: schedule.id, limit: 10 }
  const query = useInfiniteQuery(
    pagesOf(trpc.run.list.pathKey(), input, (cursor, options) => trpc.run.list.query({ ...input, ...cursor }, options)),
  )
  return { query, runs: query.data?.pages.flatMap((page) => page.runs).filter(hasEnded) ?? [] }
}

function History({ schedule, title }: { schedule: Schedule; title: string }) {
  const { texts } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.schedules
  const { query, runs } = useHistory(schedule)
  return (
    <section className="sec" aria-labelledby="h-hist">
      <h2 id="h-hist">{words.history}</h2>
      {query.isSuccess && runs.length === 0 && <p className="sub">{words.historyNone}</p>}
      {query.isError && <p className="sub">{texts.connection.partMissing}</p>}
      {runs.length > 0 && (
        <ul className="rows link results">
          {runs.map((run) => (
            <ResultRow
              key={run.id}
              run={run}
              title={title}
              nowMs={nowMs}
              {...(run.startedAt &&
                run.endedAt && {
                  end: `${texts.run.took} ${texts.time.took(elapsed(Date.parse(run.endedAt) - Date.parse(run.startedAt)))}`,
                })}
            />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className="more">
          <span />
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {texts.results.more}
          </Button>
        </div>
      )}
    </section>
  )
}

function Receivers({ schedule: { deliverTo }, unreached }: { schedule: Schedule; unreached: readonly Delivery[] }) {
  const words = useSurroundings().texts.schedules
  const isUnreached = (destination: ShownDestination) => unreached.some(({ to }) => isAt(destination, to))
  return (
    <section className="sec" aria-labelledby="h-who">
      <h2 id="h-who">{words.receivers}</h2>
      {deliverTo.length === 0 && <p className="sub">{words.receiversNone}</p>}
      {deliverTo.length > 0 && (
        <ul className="rows">
          {deliverTo.map((to) => (
            <li key={to.kind === 'email' ? to.address : to.id}>
              <Icon {...(isUnreached(to) ? { name: 'bad', tone: 'bad' } : { name: 'send', tone: 'wait' })} />
              <div>
                <p className="t">{nameOf(to)}</p>
                <p className="d">
                  {isUnreached(to)
                    ? words.notReached
                    : to.kind === 'webhook'
                      ? words.byWebhook
                      : to.file === 'none'
                        ? words.byEmail
                        : words.withFile(to.file.toUpperCase())}
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
