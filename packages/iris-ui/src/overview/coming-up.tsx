import type { Action } from '@standin/client'
import { Link } from 'wouter'
import { capital } from '../formats/capital.ts'
import { useNow } from '../formats/use-now.ts'
import { ActionText } from '../parts/action-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { titleOf } from '../runs/title-of.ts'
import { scheduleTimes } from '../schedules/schedule-times.ts'
import { useSchedules } from '../schedules/use-schedules.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'

const SHOWN = 4

/** The next scheduled runs. */
export function ComingUp({ actions, mayAdd }: { actions: readonly Action[]; mayAdd: boolean }) {
  const { texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const { schedules, isPending, isMissing } = useSchedules()
  const next = schedules
    .filter(({ state, nextAt }) => state === 'active' && nextAt)
    .sort((a, b) => Date.parse(a.nextAt ?? '') - Date.parse(b.nextAt ?? ''))
    .slice(0, SHOWN)
  if (isPending) return null

  return (
    <section className="sec" aria-labelledby="h-next">
      <h2 id="h-next">{texts.comingUp.heading}</h2>
      {isMissing && <p className="sub">{texts.connection.partMissing}</p>}
      {!isMissing && next.length === 0 && (
        <p className="sub">
          {schedules.length > 0 ? texts.comingUp.allPaused : texts.comingUp.none}{' '}
          {schedules.length > 0 && <Link href={addresses.schedules}>{texts.shell.schedules}</Link>}
          {schedules.length === 0 && mayAdd && <Link href={addresses.newSchedule}>{texts.comingUp.add}</Link>}
        </p>
      )}
      {next.length > 0 && (
        <ul className="rows link">
          {next.map((schedule) => (
            <li key={schedule.id}>
              <Icon name="calendar" tone="wait" />
              <div>
                <p className="t">
                  <Link href={addresses.schedule(schedule.id)}>
                    <ActionText>{titleOf(schedule.actionId, actions)}</ActionText>
                  </Link>
                </p>
                <p className="d num">
                  <time dateTime={schedule.nextAt ?? undefined}>
                    {capital(scheduleTimes(schedule.nextAt ?? '', { schedule, nowMs, texts, formats }))}
                  </time>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
