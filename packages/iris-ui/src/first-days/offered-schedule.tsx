import type { Run, RunResult } from '@standin/client'
import { Link } from 'wouter'
import { hindranceOf } from '../actions/may-start.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import { useSchedules } from '../schedules/use-schedules.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { defaultsOf } from './defaults-of.ts'
import { ScheduleOffer } from './schedule-offer.tsx'

/** The schedule that a result offers, until there is one of its action, which is then named, or the reader has declined it. */
export function OfferedSchedule({ run, offer }: { run: Run; offer: NonNullable<RunResult['offer']> }) {
  const { texts } = useSurroundings()
  const { actions } = useActions()
  const { data, schedules } = useSchedules()
  const action = actions.find(({ id }) => id === offer.actionId)
  const installation = useInstallation().data
  if (!data || !action) return null
  const known = schedules.filter(({ actionId }) => actionId === offer.actionId)
  const active = known.find(({ state }) => state === 'active')
  if (active)
    return (
      <p className="sub">
        {texts.firstDays.isScheduled(action.title)}{' '}
        <Link href={addresses.schedule(active.id)}>{texts.run.openSchedule}</Link>
      </p>
    )
  if (known.length > 0 || action.changesData || data.declined.includes(offer.actionId)) return null
  if (hindranceOf(action, installation?.state)) return null
  return (
    <ScheduleOffer
      actionId={offer.actionId}
      input={defaultsOf(action)}
      recurrence={offer.recurrence}
      title={texts.ofAction(run.actionId, offer.title)}
      means={texts.ofAction(run.actionId, offer.means)}
      accept={texts.firstDays.start}
    />
  )
}
