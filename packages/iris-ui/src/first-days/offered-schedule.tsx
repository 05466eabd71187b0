import type { Run, RunResult } from '@standin/client'
import { hindranceOf } from '../actions/may-start.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import { useSchedules } from '../schedules/use-schedules.ts'
import { useSurroundings } from '../surroundings.ts'
import { defaultsOf } from './defaults-of.ts'
import { ScheduleOffer } from './schedule-offer.tsx'

/** The schedule that a result offers, until there is one of its action or the reader has declined it. */
export function OfferedSchedule({ run, offer }: { run: Run; offer: NonNullable<RunResult['offer']> }) {
  const { texts } = useSurroundings()
  const { actions } = useActions()
  const { data, schedules } = useSchedules()
  const action = actions.find(({ id }) => id === offer.actionId)
  const installation = useInstallation().data
  if (!data || !action || action.changesData || data.declined.includes(offer.actionId)) return null
  if (hindranceOf(action, installation?.state)) return null
  if (schedules.some(({ actionId }) => actionId === offer.actionId)) return null
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
